// Writes packages/cli/sample/data.jsonl: about 2,000 nodes of an invented company, the same at every run.
import { writeFileSync } from "node:fs";

let state = 20260117;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const int = (n) => Math.floor(random() * n);
const pick = (list) => list[int(list.length)];
const day = (from, days) => new Date(Date.parse(from) + int(days) * 86_400_000).toISOString().slice(0, 10);
const slugOf = (text) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

const FIRST =
  "Ada Alma Amir Ana Ben Bo Cara Chen Cleo Dan Dara Eli Elsa Emre Eva Femi Finn Gita Hana Hugo Ida Ines Ivo Jana Jon Kai Karl Lara Lena Leo Lin Liv Lou Mara Max Mei Mia Nils Nina Noa Olga Omar Otto Pia Raj Rosa Sam Sara Tariq Theo Tom Uma Vera Wim Yara Zoe".split(
    " ",
  );
const LAST =
  "Abel Adler Bauer Berg Bloom Costa Diaz Dorn Eder Falk Fini Gold Grant Haas Holm Ito Jansen Keller Klein Koch Lang Lind Lopez Marsh Meyer Moreau Nash Novak Okoye Olsen Park Petit Quist Reed Rossi Roth Sato Silva Stern Sousa Tanaka Thorn Vance Varga Vogel Wagner Weber Wolf Young Zeller".split(
    " ",
  );
const AREAS =
  "Accounts Billing Cards Catalog Checkout Claims Content Credit Data Delivery Devices Fraud Identity Images Insights Ledger Loans Loyalty Mail Maps Media Mobile Networks Offers Orders Partners Payments Payouts Platform Pricing Profiles Quotes Ratings Refunds Returns Risk Routing Savings Search Security Sessions Shipping Signals Stock Support Tax Tickets Trading Video Wallet".split(
    " ",
  );
const PARTS =
  "API Cache Export Feed Gateway Import Index Jobs Proxy Queue Reports Rules Store Sync Worker".split(" ");
const CITIES = [
  "Athens",
  "Berlin",
  "Lagos",
  "Lisbon",
  "Lyon",
  "Nairobi",
  "Oslo",
  "Porto",
  "Pune",
  "Quito",
  null,
];
const TROUBLES = [
  "Disk full",
  "Expired certificate",
  "Failed deploy",
  "Lost messages",
  "Memory leak",
  "Queue backlog",
  "Slow answers",
  "Stale cache",
  "Time-outs",
  "Wrong totals",
];
const TAGS = ["batch", "eu", "gdpr", "legacy", "pci", "public", "realtime", "us"];

const lines = [];
const node = (type, data) => lines.push(JSON.stringify({ type, data }));
const edge = (name, from, to, data) =>
  lines.push(JSON.stringify({ edge: name, from, to, ...(data && { data }) }));

const teams = AREAS.slice(0, 48).map((area) => ({ slug: slugOf(area), name: area }));
for (const t of teams)
  node("Team", { ...t, ...(random() < 0.7 && { mission: `Keep ${t.name.toLowerCase()} boring and fast` }) });

const people = [];
while (people.length < 650) {
  const name = `${pick(FIRST)} ${pick(LAST)}`;
  const handle = `${slugOf(name)}${people.some((p) => p.name === name) ? `-${people.length}` : ""}`;
  const team = teams[people.length % teams.length];
  people.push({ handle, name, team: team.slug });
  const role =
    people.length <= teams.length
      ? "manager"
      : pick(["analyst", "designer", "engineer", "engineer", "engineer", "sre"]);
  node("Person", { handle, name, role, joined: day("2012-01-01", 5000), city: pick(CITIES) });
}
people.forEach((p, i) => {
  if (i % 31 !== 30)
    edge("MemberOf", p.handle, p.team, random() < 0.8 ? { since: day("2019-01-01", 2400) } : undefined);
  if (i >= teams.length) edge("ReportsTo", p.handle, people[i % teams.length].handle);
});

const services = [{ slug: "identity-api", name: "Identity API" }];
for (const area of AREAS)
  for (const part of PARTS) {
    const name = `${area} ${part}`;
    if (services.length < 420 && name !== "Identity API" && random() < 0.62)
      services.push({ slug: slugOf(name), name });
  }
services.forEach((s, i) => {
  const tags = TAGS.filter(() => random() < 0.2);
  node("Service", {
    ...s,
    language: pick(["go", "java", "python", "rust", "typescript"]),
    tier: i === 0 ? 1 : 1 + int(4),
    monthly_cost: random() < 0.8 ? Math.round(random() * 900_000) / 100 : null,
    since: day("2014-01-01", 4200),
    ...(tags.length > 0 && { tags }),
    ...(random() < 0.06 && { deprecated: true }),
  });
  if (random() < 0.94) edge("Owns", pick(teams).slug, s.slug);
  // Dependencies run to earlier services, often to a few popular ones, so that blast radii differ.
  const seen = new Set();
  for (let n = int(4); n > 0 && i > 0; n--) {
    const to = services[random() < 0.35 ? int(Math.min(i, 12)) : int(i)];
    if (!seen.has(to.slug))
      edge("DependsOn", s.slug, to.slug, { how: pick(["async", "data", "sync", "sync"]) });
    seen.add(to.slug);
  }
});

for (let i = 1; i <= 880; i++) {
  const number = `INC-${i}`;
  const service = services[Math.floor(services.length * random() ** 2)];
  const minutes = Math.round(5 + 600 * random() ** 4);
  const opened = new Date(
    Date.parse("2024-01-01T00:00:00Z") + Math.floor(((i + random()) / 881) * 1000 * 86_400_000),
  ).toISOString();
  node("Incident", {
    number,
    title: `${pick(TROUBLES)} in ${service.name}`,
    severity: pick(["critical", "major", "minor", "minor"]),
    opened,
    minutes,
  });
  edge("Affected", number, service.slug);
  if (random() < 0.25) edge("Affected", number, pick(services.filter((s) => s !== service)).slug);
  const helpers = new Set(
    Array.from({ length: 1 + int(3) }, () => people[Math.floor(people.length * random() ** 1.6)].handle),
  );
  for (const p of helpers)
    edge("Resolved", p, number, random() < 0.9 ? { minutes: 1 + int(minutes) } : undefined);
}

writeFileSync(new URL("../packages/cli/sample/data.jsonl", import.meta.url), `${lines.join("\n")}\n`);
console.log(
  `${lines.filter((l) => l.startsWith('{"type"')).length} nodes, ${lines.filter((l) => l.startsWith('{"edge"')).length} edges`,
);
