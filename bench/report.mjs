// Writes docs/performance.md from bench/results/: node bench/report.mjs
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { branchSection } from "./branches/report.mjs";
import { foldSection } from "./maintenance/report.mjs";
import { WORKLOADS } from "./workloads.mjs";

const results = new URL("results/", import.meta.url);
const BRANCHES = "branches.json";
const FOLDS = "fold.json";
const LOAD = "load.json";
const S3 = "s3.json";
const shown = (v) =>
  typeof v === "number" ? v.toPrecision(3) : `${v.p50.toPrecision(3)} (${v.p95.toPrecision(3)})`;
const table = (figures) => {
  const rivals = [...new Set(Object.values(figures).flatMap((row) => Object.keys(row)))];
  return [
    `| | ${rivals.join(" | ")} |`,
    `|---|${rivals.map(() => "---").join("|")}|`,
    ...Object.entries(figures).map(
      ([name, row]) =>
        `| ${WORKLOADS[name]?.title ?? name} | ${rivals.map((r) => (row[r] === undefined ? "" : shown(row[r]))).join(" | ")} |`,
    ),
  ].join("\n");
};

const s3Section = ({ date, cpu, cores, node, size, latency, figures }) => [
  `## S3, ${date.slice(0, 10)}`,
  "",
  `${cpu}, ${cores} cores, Node ${node}. By \`node bench/s3.mjs\`: ${size} on ministack, ${latency} ms before each answer; milliseconds and requests, medians.`,
  "",
  table(figures),
];

const parts = ["# Performance", ""];
parts.push(
  "Written by `node bench/report.mjs` from the last runs of `npm run bench`. One process a contestant, equal answers asserted before anything is",
);
parts.push(
  "timed, everything in one run on one machine: compare within a row. Milliseconds, p50 and in parentheses p95, unless the row says otherwise.",
);
parts.push(
  "[Single figures](performance-notes.md): writers beside a maintainer, `fsck`, queries with less memory than the graph takes.",
);
parts.push(
  "S is 10k nodes and 100k edges, M 100k and 1M. `omnigraph again` is the same measurement once more: the noise. `csr` is a bare loop over arrays.",
);
for (const name of readdirSync(results)
  .filter((n) => n.endsWith(".json") && n !== BRANCHES && n !== FOLDS && n !== LOAD && n !== S3)
  .sort()) {
  const { date, node, cpu, cores, shape, sizes } = JSON.parse(readFileSync(new URL(name, results), "utf8"));
  parts.push("", `## ${shape} graphs, ${date.slice(0, 10)}`, "", `${cpu}, ${cores} cores, Node ${node}.`);
  for (const [size, figures] of Object.entries(sizes)) {
    const queries = Object.fromEntries(Object.entries(figures).filter(([k]) => k in WORKLOADS));
    parts.push("", `### ${size}`, "", table(queries));
    for (const [k, row] of Object.entries(figures))
      if (!(k in WORKLOADS)) parts.push("", table({ [k]: row }));
  }
}
if (existsSync(new URL(BRANCHES, results)))
  parts.push("", ...branchSection(JSON.parse(readFileSync(new URL(BRANCHES, results), "utf8")), table));
if (existsSync(new URL(FOLDS, results)))
  parts.push("", ...foldSection(JSON.parse(readFileSync(new URL(FOLDS, results), "utf8"))));
if (existsSync(new URL(LOAD, results))) {
  const { date, node, cpu, cores, runs, sizes } = JSON.parse(readFileSync(new URL(LOAD, results), "utf8"));
  parts.push("", `## The load, ${date.slice(0, 10)}`, "", `${cpu}, ${cores} cores, Node ${node}.`, "");
  parts.push(
    "By `node bench/load.mjs`: each load in a process of its own, the contestants turn by turn, the median of the runs. Where others used the machine",
    "meanwhile, processor time is what can be compared: that of all threads, which two cores share at best by half. L is 1M nodes and 10M edges.",
  );
  for (const [size, figures] of Object.entries(sizes))
    parts.push("", `### ${size}, median of ${runs[size]}`, "", table(figures));
}
if (existsSync(new URL(S3, results)))
  parts.push("", ...s3Section(JSON.parse(readFileSync(new URL(S3, results), "utf8"))));
writeFileSync(new URL("../docs/performance.md", import.meta.url), `${parts.join("\n")}\n`);
