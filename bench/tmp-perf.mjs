import { readFileSync } from "node:fs";
import { checkSchema, compileQuery, bindParameters } from "@omnigraph/language";
import { compilePlan, execute, MemoryBudget, openView, evaluateLoad, readLoad } from "@omnigraph/engine";
import { systemEnvironment } from "@omnigraph/base";
import { dataFile, SCHEMA, probes } from "./generate.mjs";
import { WORKLOADS } from "./workloads.mjs";
const size = process.argv[2] ?? "S", shape = process.argv[3] ?? "uniform", patched = process.argv[4] === "patched";
const only = process.argv[5];
const { catalog } = checkSchema({ file: "s.pg", text: SCHEMA });
const empty = openView(catalog, { name: "e", count: () => 0, pieces: async () => [] }, new MemoryBudget(2 ** 32));
const bytes = readFileSync(await dataFile("/tmp/omnidata", size, shape));
const delta = await evaluateLoad(await readLoad([bytes], catalog, systemEnvironment, { inlineRows: 1e9, inlineBytes: 1e12 }), "append", empty);
let changes = delta.changes;
if (!changes.length) { console.log("layers:", delta.layers?.length); changes = delta.layers.map((d) => ({ type: d.type, after: d.rows, before: { length: 0, columns: new Map() }, updated: 0 })); }
const counts = new Map(changes.map((c) => [c.type, c.after.length]));
let view = openView(catalog, { name: "x", count: (t) => counts.get(t) ?? 0, pieces: async (t) => [{ kind: "changes", changes: changes.filter((c) => c.type === t) }] }, new MemoryBudget(2 ** 32));
const handles = probes(size, 1000);
const lim = { clock: systemEnvironment.clock };
const W = { ...WORKLOADS,
  avgall: { gq: "query q() { match { $a: User $a follows $b } return { avg($b.age) as mean } }" },
  chain3: { gq: "query q() { match { $a: User $a follows $b $b follows $c $c follows $d } return { count($d) as n } }" },
  rows3: { keyed: true, gq: "query q($h: String) { match { $a: User { handle: $h } $a follows{1,3} $b } return { $b.handle } }" },
  twohoprows: { keyed: true, gq: "query q($h: String) { match { $a: User { handle: $h } $a follows $b $b follows $c } return { $c.handle, $c.age } }" },
  filter: { gq: 'query q() { match { $a: User { city: "Oslo" } $a.age > 50 } return { count($a) as n } }' },
  order: { gq: "query q() { match { $a: User } return { $a.handle, $a.score } order { $a.score desc } limit 10 }" },
  orderall: { gq: "query q() { match { $a: User } return { $a.handle, $a.score } order { $a.score desc } }" },
  triangle: { gq: "query q() { match { $a: User $a follows $b $b follows $c $c follows $a } return { count($a) as n } }" },
  never: { gq: "query q() { match { $a: User not { $_ follows $a } } return { count($a) as n } }" },
};
if (patched) {
  const q0 = compilePlan(compileQuery({ file: "q", text: W.average.gq }, catalog));
  await execute(q0, view, {}, lim);
  const q1 = compilePlan(compileQuery({ file: "q", text: W.lookup.gq }, catalog)); await execute(q1, view, { h: "u1" }, lim);
  const q2 = compilePlan(compileQuery({ file: "q", text: W.top.gq }, catalog)); await execute(q2, view, { h: "u1" }, lim);
  const e2 = await evaluateLoad(await readLoad([Buffer.from('{"edge":"Follows","from":"u5","to":"u9","data":{"weight":1}}\n{"type":"User","data":{"handle":"new","age":3,"score":1,"city":"Oslo","joined":"2020-01-01"}}\n')], catalog, systemEnvironment), "append", view);
  view = view.advance(e2.changes, new Map([...catalog.typeById.values()].map((t) => [t.id, view.count(t) + 1])));
}
for (const [name, { gq, keyed }] of Object.entries(W)) {
  if (only && name !== only) continue;
  const query = compileQuery({ file: "q.gq", text: gq }, catalog);
  const plan = compilePlan(query);
  const run = (i) => { const b = bindParameters(query.parameters, keyed ? { h: handles[i % 1000] } : {}); return execute(plan, view, b, lim); };
  let r = await run(0);
  const rows = r.rows();
  const t0 = performance.now();
  for (let i = 0; i < 100000 && performance.now() - t0 < 700; i++) { const r = run(i); if (r instanceof Promise) await r; else r.rows(); }
  const ts = [];
  const end = performance.now() + 3000;
  for (let i = 0; performance.now() < end; i++) { const s = performance.now(); let r = run(i); if (r instanceof Promise) r = await r; r.rows(); ts.push(performance.now() - s); }
  ts.sort((a, b) => a - b);
  console.log(name.padEnd(11), "min", ts[0].toFixed(4), "p10", ts[Math.floor(ts.length/10)].toFixed(4), "p50", ts[ts.length >> 1].toFixed(4), "p95", ts[Math.floor(ts.length * .95)].toFixed(4), "n", ts.length, JSON.stringify(rows.slice(0, 2)), rows.length);
  if (only) console.log(plan.print(view));
}
const U = catalog.nodes.get("User"); for (const p of U.properties) { try { console.log(p.name, view.nodes(U).column(p.id).base.kind, view.nodes(U).column(p.id).base.validity === null) } catch {} }
