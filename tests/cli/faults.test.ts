import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { COMMAND, ended, ok, run } from "../support/cli/cli.ts";
import { COMPANY_DATA, COMPANY_QUERIES, COMPANY_SCHEMA } from "../support/graphs/company.ts";
import { testFolder, treeOf } from "../support/running/folders.ts";

const cwd = testFolder("faults");
const STACK = /\n\s+at |node:internal|\.js:\d+|Unhandled/;

beforeAll(async () => {
  mkdirSync(join(cwd, "folder"));
  const files: Record<string, string | Uint8Array> = {
    "schema.pg": COMPANY_SCHEMA,
    "all.gq": COMPANY_QUERIES,
    garbage: Uint8Array.from({ length: 2000 }, (_, i) => (i * 167 + (i >>> 3)) & 255),
    "broken.gq": Buffer.concat([
      Buffer.from('query q() { match { $p: Person { name: "'),
      Buffer.from([0xff]),
    ]),
    "broken.jsonl": Buffer.concat([
      Buffer.from('{"type":"Person","data":{"slug":"x","name":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}}\n'),
    ]),
    "bad.jsonl":
      '{"type":"Person","data":{"slug":"n1","name":"N"}}\n{"type":"Persn","data":{}}\nnot json\n' +
      '{"type":"Person","data":{"slug":"n2"}}\n{"edge":"Likes","from":"n1","to":"nobody"}\n' +
      '{"type":"Person","data":{"slug":"n3","name":"N","age":3000000000}}\n',
    "bad.pg": "node Person { name: Strng }\nedge Knows: Person -> Nobody { }\n",
    "notes.txt": "no graph",
    "cut.json": '{"slug": ',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  chmodSync(join(cwd, "notes.txt"), 0o600);
  await ok(["init", "--schema", "schema.pg", "g.omni"], { cwd });
  await ok(["load", "--data", "-", "--mode", "merge", "g.omni"], { cwd, input: COMPANY_DATA });
});

const load = (file: string): string[] => ["load", "--data", file, "--mode", "merge", "g.omni"];
const query = (...more: string[]): string[] => ["query", "--store", "g.omni", ...more];
const mutate = (...more: string[]): string[] => ["mutate", "--store", "g.omni", "--query", "all.gq", ...more];
const one = (...more: string[]): string[] => query("--query", "all.gq", "person", ...more);

interface Fault {
  readonly args: readonly string[];
  readonly reason: string;
  readonly says: RegExp;
  readonly code?: string;
}

const FAULTS: readonly Fault[] = [
  { args: load("folder"), reason: "file_unreadable", says: /folder: it is a folder/ },
  { args: load("absent.jsonl"), reason: "file_unreadable", says: /absent\.jsonl: there is no such file/ },
  { args: load("garbage"), reason: "load_invalid", says: /line 1: not JSON/ },
  { args: load("broken.jsonl"), reason: "load_invalid", says: /line 1: .*UTF-8/ },
  {
    args: ["init", "--schema", "folder", "new.omni"],
    reason: "file_unreadable",
    says: /folder: it is a folder/,
  },
  {
    args: ["init", "--schema", "garbage", "new.omni"],
    reason: "file_unreadable",
    says: /garbage is no text in UTF-8/,
  },
  {
    args: ["init", "--schema", "bad.pg", "new.omni"],
    reason: "schema_invalid",
    says: /bad\.pg:1:21[^]*bad\.pg:2:/,
  },
  {
    args: ["init", "--schema", "schema.pg", "g.omni"],
    reason: "graph_exists",
    says: /g\.omni/,
    code: "conflict",
  },
  {
    args: ["init", "--schema", "schema.pg", "."],
    reason: "folder_not_empty",
    says: /not empty|holds/,
    code: "conflict",
  },
  { args: ["snapshot", "folder"], reason: "graph_not_found", says: /folder/, code: "not_found" },
  { args: ["snapshot", "absent.omni"], reason: "graph_not_found", says: /absent\.omni/, code: "not_found" },
  { args: ["snapshot", "notes.txt"], reason: "graph_not_found", says: /notes\.txt/, code: "not_found" },
  { args: query("--query", "folder"), reason: "file_unreadable", says: /folder: it is a folder/ },
  { args: query("--query", "garbage"), reason: "file_unreadable", says: /garbage is no text in UTF-8/ },
  { args: query("--query", "broken.gq"), reason: "file_unreadable", says: /broken\.gq is no text in UTF-8/ },
  { args: query("-e", "query q( {"), reason: "query_invalid", says: /<command line>:1:10: error\[Q000\]/ },
  { args: query("--query", "all.gq"), reason: "query_name_required", says: /`people`, `person`/ },
  {
    args: query("--query", "all.gq", "persn"),
    reason: "query_not_found",
    says: /Did you mean `person`\?/,
    code: "not_found",
  },
  { args: query("--query", "all.gq", "add"), reason: "query_kind_mismatch", says: /run it with mutate/ },
  { args: mutate("people"), reason: "query_kind_mismatch", says: /run it with query/ },
  { args: one("--params", "{"), reason: "json_invalid", says: /--params: JSON, line 1, column 2/ },
  { args: one("--params-file", "cut.json"), reason: "json_invalid", says: /cut\.json: JSON, line 1/ },
  { args: one("--params-file", "garbage"), reason: "file_unreadable", says: /garbage is no text in UTF-8/ },
  { args: one("--params", "[1]"), reason: "parameter_invalid", says: /must be a JSON object/ },
  { args: one("--params", '{"slug": 7}'), reason: "parameter_invalid", says: /slug/ },
  { args: one(), reason: "parameter_invalid", says: /slug/ },
  {
    args: [...one("--params", '{"slug":"ada"}'), "--branch", "side"],
    reason: "branch_not_found",
    says: /"side"/,
    code: "not_found",
  },
  {
    args: [...query("--query", "all.gq", "people"), "--snapshot", "nope"],
    reason: "commit_not_found",
    says: /"nope"/,
    code: "not_found",
  },
  {
    args: ["commit", "show", "nope", "--store", "g.omni"],
    reason: "commit_not_found",
    says: /"nope"/,
    code: "not_found",
  },
  { args: ["export", "g.omni", "--type", "Persn"], reason: "type_not_found", says: /Persn/ },
  { args: ["lint", "--query", "all.gq", "--schema", "bad.pg"], reason: "schema_invalid", says: /Strng/ },
  { args: ["fmt", "bad.pg", "absent.gq"], reason: "file_unreadable", says: /absent\.gq/ },
  { args: mutate("add", "--params", '{"slug":"k"}'), reason: "parameter_invalid", says: /name/ },
  {
    args: ["snapshot", "/dev/null/graph"],
    reason: "graph_not_found",
    says: /\/dev\/null/,
    code: "not_found",
  },
];

describe("a command that fails", () => {
  const jsonless = new Set(["fmt", "export"]);

  it.each(FAULTS)(
    "the command $args fails with $reason",
    async ({ args, reason, says, code = "bad_request" }) => {
      const before = treeOf(cwd);
      const json = !jsonless.has(args[0] ?? "");
      const ran = await run(json ? [...args, "--json"] : args, { cwd });
      expect([ran.status, ran.out], ran.err).toEqual([reason === "usage" ? 2 : 1, ""]);
      expect(ran.err).not.toMatch(STACK);
      if (json) {
        // One object in one line, and nothing else.
        expect(ran.err.trimEnd()).not.toContain("\n");
        const failure = JSON.parse(ran.err);
        expect(failure).toMatchObject({ error: expect.stringMatching(says), code, reason });
      } else {
        expect(ran.err).toMatch(says);
        expect(ran.err).toContain(`error[${reason}]: `);
      }
      expect(treeOf(cwd)).toEqual(before);
    },
  );

  it("a failure tells people what is wrong, where, and what to do, and lists every problem of a load with its line", async () => {
    const before = treeOf(cwd);
    const told = await run(load("bad.jsonl"), { cwd });
    expect([told.status, told.out]).toEqual([1, ""]);
    expect(told.err).toMatch(/^target: g\.omni branch main\nerror\[load_invalid\]: /);
    for (const line of [2, 3, 4, 6]) expect(told.err).toContain(`- line ${line}: `);
    expect(told.err).toMatch(/\nhelp: .+\n$/);
    const { problems } = JSON.parse((await run([...load("bad.jsonl"), "--json"], { cwd })).err);
    expect(problems).toMatchObject([
      { line: 2, message: expect.stringContaining("Persn") },
      { line: 3 },
      { line: 4, type: "Person", property: "name" },
      { line: 6, type: "Person", property: "age" },
    ]);
    const schema = await run(["init", "--schema", "bad.pg", "new.omni"], { cwd });
    expect(schema.err).toContain("  1 | node Person { name: Strng }\n    |                     ^");
    expect(treeOf(cwd)).toEqual(before);
  });

  it("colours are shown on a terminal only, and not with NO_COLOR", async () => {
    // `script` gives the command a terminal of its own.
    const onTerminal = (env: Record<string, string>): ReturnType<typeof ended> => {
      const line = `${COMMAND} snapshot absent.omni`;
      return ended(spawn("script", ["-qec", line, "/dev/null"], { cwd, env: { ...process.env, ...env } }));
    };
    expect((await onTerminal({ TERM: "xterm" })).out).toContain("\u001b[31merror");
    expect((await onTerminal({ TERM: "xterm", NO_COLOR: "1" })).out).toContain("error[graph_not_found]");
    expect((await onTerminal({ TERM: "xterm", NO_COLOR: "1" })).out).not.toContain("\u001b[31m");
    expect((await run(["snapshot", "absent.omni"], { cwd, env: { NO_COLOR: "" } })).err).not.toContain(
      "\u001b",
    );
  });
});

describe("a reader that leaves", () => {
  beforeAll(async () => {
    const rows = Array.from(
      { length: 15_000 },
      (_, i) => `{"type":"City","data":{"slug":"c${i}","name":"City ${i}"}}\n`,
    );
    await ok(["load", "--data", "-", "--mode", "merge", "g.omni"], { cwd, input: rows.join("") });
  });

  const cities = `query --store g.omni -e 'query q() { match { $c: City } return { $c.slug, $c.name } }'`;

  it.each([
    ["export g.omni", 1],
    [`${cities} --format jsonl`, 1],
    [`${cities} --format csv`, 1],
    ["--help", 1],
    ["version", 0],
  ])("a reader that leaves ends %s silently", async (line, lines) => {
    const child = spawn("bash", ["-c", `${COMMAND} ${line} | head -n ${lines}; exit \${PIPESTATUS[0]}`], {
      cwd,
    });
    const ran = await ended(child);
    expect([ran.status, ran.err]).toEqual([0, ""]);
    expect(ran.out.split("\n")).toHaveLength(lines + 1);
  });

  it("a reader that leaves is told from a full disk", async () => {
    const ran = await ended(spawn("bash", ["-c", `${COMMAND} export g.omni > /dev/full`], { cwd }));
    expect(ran.status).toBe(1);
    expect(ran.err).toMatch(/^error\[file_unreadable\]: the output cannot be written: ENOSPC\n/);
  });
});
