import { readFileSync } from "node:fs";
import { test } from "vitest";
import { checkSchema } from "../schema/compile.ts";
import { compileQueries } from "./compile.ts";
import { lintSource } from "./lint.ts";
import { formatQueries } from "./format.ts";
const root = "/work/shared/conformance/";
const CODES = /\b(T\d{1,2}|Q000|L201|OG-[A-Z]{2}-\d{3})\b/g;
const codes = (t: string) => [...new Set(t.match(CODES) ?? [])].sort();
const sort = (v: unknown): unknown =>
  Array.isArray(v)
    ? v.map(sort)
    : v && typeof v === "object"
      ? Object.fromEntries(
          Object.keys(v)
            .sort()
            .map((k) => [k, sort((v as Record<string, unknown>)[k])]),
        )
      : v;
test("lint cases", () => {
  for (const name of ["types", "search", "files"]) {
    const text = readFileSync(`${root}cases/lint/${name}.case`, "utf8");
    const use = /@use (\w+)/.exec(text)![1];
    const schema = checkSchema({
      file: "schema.pg",
      text: readFileSync(`${root}fixtures/${use}/schema.pg`, "utf8"),
    });
    if (!schema.catalog) {
      console.log(schema.diagnostics);
      throw new Error("schema");
    }
    const files = new Map([...text.matchAll(/@file (\S+)\n([^]*?)\n@end/g)].map((m) => [m[1], m[2]]));
    files.set("queries.gq", readFileSync(`${root}fixtures/${use}/queries.gq`, "utf8"));
    for (const m of text.matchAll(/\$ lint --schema schema.pg --query (\S+) --json\n= (.*)\n(\| "\*")?/g)) {
      const q = files.get(m[1]);
      if (q === undefined) continue;
      const r = lintSource({ file: m[1], text: q + "\n" }, schema.catalog);
      const got = sort({
        ...(r.status === "error" ? { exit: 1 } : {}),
        findings: r.findings.map((f) => ({
          code: f.code,
          severity: f.severity,
          ...(f.type_name ? { type_name: f.type_name, property: f.property } : {}),
        })),
        queries: r.results.map((x) => ({
          name: x.name,
          kind: x.kind,
          status: x.status,
          codes: codes(JSON.stringify(x)),
          ...(x.operation ? { operation: x.operation } : {}),
        })),
        status: r.status,
      });
      const want = JSON.parse(m[2]);
      if (JSON.stringify(got) !== JSON.stringify(sort(want)))
        console.log(
          m[1],
          m[3] ? "ALT" : "DIFF",
          "\n want",
          m[2],
          "\n got",
          JSON.stringify(got),
          JSON.stringify(r.results.map((x) => x.error)),
        );
    }
  }
});
test("fixtures", () => {
  for (const f of ["films", "bank", "papers", "team"]) {
    const schema = checkSchema({
      file: "schema.pg",
      text: readFileSync(`${root}fixtures/${f}/schema.pg`, "utf8"),
    });
    if (!schema.catalog) {
      console.log(schema.diagnostics);
      continue;
    }
    const source = { file: f, text: readFileSync(`${root}fixtures/${f}/queries.gq`, "utf8") };
    const t = performance.now();
    const c = compileQueries(source, schema.catalog);
    console.log(f, performance.now() - t);
    for (const q of c.queries)
      for (const d of q.diagnostics) console.log(q.name, d.code, d.message, d.excerpt);
    const once = formatQueries(source);
    const twice = formatQueries({ ...source, text: once });
    if (once !== twice) console.log("NOT IDEMPOTENT");
    if (f === "films") console.log(once.slice(0, 1500));
  }
});
test("inline", () => {
  for (const f of ["read/values", "read/adhoc", "write/statements"]) {
    const text = readFileSync(`${root}cases/${f}.case`, "utf8");
    const use = /@use (\w+)/.exec(text)![1];
    const { catalog } = checkSchema({
      file: "schema.pg",
      text: readFileSync(`${root}fixtures/${use}/schema.pg`, "utf8"),
    });
    for (const m of text.matchAll(/-e '(.*?)'(?: --params '(.*)')? --json\n= (.*)/g)) {
      const c = compileQueries({ file: "-e", text: m[1] }, catalog!);
      const ds = [...c.diagnostics, ...c.queries.flatMap((q) => q.diagnostics)];
      if (ds.length || m[3].includes("exit"))
        console.log(
          m[1],
          m[2] ?? "",
          "\n   ",
          m[3],
          "\n   ",
          ds.map((d) => d.code + " " + d.message).join("; "),
        );
    }
  }
});
