import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";
import { ROOT } from "../support/running/markdown.ts";

const cwd = testFolder("hostile");
/** Sets a window's title, colours, a line of its own, and turns, hides and breaks what is around it. */
const EVIL =
  "\u001b]0;owned\u0007\u001b[31m\nFAKE: all is well\r\u0085\u009b2J\u202egnp\u2066\u2028x\u2029\u200f\u007f\t";
/** Controls of both sets but the line end, separators, and what turns the direction of text. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const STEERS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const ALL = "query all() { match { $p: Person } return { $p.name as name, $p.note as note } }";
const json = (value: unknown): string => JSON.stringify(value);

beforeAll(async () => {
  writeFileSync(
    join(cwd, "schema.pg"),
    "node Person { name: String @key  note: String?  notes: [String]? }\nedge Knows: Person -> Person @card(0..1) { why: String? }\n",
  );
  writeFileSync(
    join(cwd, "evil.gq"),
    `query q() { match { $p: Person { name: "${EVIL.replaceAll("\n", " ").replaceAll("\r", " ")}", nme: 5 } } return { $p } }\n`,
  );
  const data = [
    { type: "Person", data: { name: EVIL, note: EVIL, notes: [EVIL, EVIL] } },
    { type: "Person", data: { name: "ann" } },
    { edge: "Knows", from: EVIL, to: "ann", data: { why: EVIL } },
  ];
  await ok(["init", "--schema", "schema.pg", "g.omni", "--as", EVIL], { cwd });
  await ok(["load", "--data", "-", "--mode", "append", "--as", EVIL, "--message", EVIL, "g.omni"], {
    cwd,
    input: data.map(json).join("\n"),
  });
  const set = (note: string): string[] => [
    "mutate",
    "g.omni",
    "-e",
    "query set($n: String, $v: String) { update Person set { note: $v } where name = $n }",
    "--params",
    json({ n: EVIL, v: note }),
    "--as",
    EVIL,
    "--message",
    EVIL,
  ];
  await ok(["branch", "create", "draft", "g.omni"], { cwd });
  await ok([...set(`${EVIL}draft`), "--branch", "draft"], { cwd });
  await ok(set(`${EVIL}main`), { cwd });
});

/** Command lines whose output holds values of the graph, or words of the command line itself, with the exit codes they end with. */
const SHOWN: [what: string, args: readonly string[], status: number, input?: string][] = [
  ["a table", ["query", "g.omni", "-e", ALL], 0],
  ["keys and values", ["query", "g.omni", "-e", ALL, "--format", "kv"], 0],
  ["a list of commits", ["commit", "list", "g.omni"], 0],
  ["a commit", ["commit", "show", "main", "g.omni"], 0],
  ["what a commit changed", ["commit", "changes", "main", "g.omni"], 0],
  ["what a load changed", ["commit", "changes", "main~1", "g.omni"], 0],
  ["a feed", ["changes", "poll", "--start", "beginning", "g.omni"], 0],
  ["a history", ["history", "node", "Person", EVIL, "g.omni"], 0],
  ["a history of nothing", ["history", "node", "Person", `${EVIL}!`, "g.omni"], 0],
  ["branches", ["branch", "list", "g.omni"], 0],
  ["a diff", ["branch", "diff", "main~1", "draft", "g.omni"], 0],
  ["a merge that is tried", ["branch", "merge", "draft", "g.omni", "--dry-run"], 1],
  ["a merge that conflicts", ["branch", "merge", "draft", "g.omni", "--as", EVIL], 1],
  ["a revert that is tried", ["revert", "main~1", "g.omni", "--dry-run"], 1],
  ["a snapshot", ["snapshot", "g.omni"], 0],
  ["findings of lint", ["lint", "--schema", "schema.pg", "--query", "evil.gq"], 1],
  ["the error of a query", ["query", "g.omni", "--query", "evil.gq"], 1],
  [
    "an error of a key that is taken",
    ["load", "--data", "-", "--mode", "append", "g.omni"],
    1,
    json({ type: "Person", data: { name: EVIL } }),
  ],
  ["a parameter of no name", ["query", "g.omni", "-e", ALL, "--params", json({ [EVIL]: EVIL })], 0],
  [
    "problems of a load",
    ["load", "--data", "-", "--mode", "append", "g.omni"],
    1,
    [
      { type: EVIL, data: {} },
      { type: "Person", data: { [EVIL]: 1, name: EVIL } },
      { type: "Person", [EVIL]: 1 },
      { edge: "Knows", from: EVIL, to: EVIL },
    ]
      .map(json)
      .join("\n"),
  ],
  ["a load that is no JSON", ["load", "--data", "-", "--mode", "append", "g.omni"], 1, EVIL],
  ["a word that is no command", [EVIL], 2],
  ["an option that there is not", ["snapshot", "g.omni", `--${EVIL}`], 2],
  ["a choice that there is not", ["query", "g.omni", "-e", ALL, `--format=${EVIL}`], 2],
  ["a branch that there is not", ["snapshot", "g.omni", "--branch", EVIL], 1],
  ["a commit that there is not", ["commit", "show", EVIL, "g.omni"], 1],
  ["a time that is none", ["export", "g.omni", "--at", EVIL], 1],
  ["the past twice", ["export", "g.omni", "--at", EVIL, "--snapshot", EVIL], 2],
  ["a type that there is not", ["changes", "poll", "g.omni", "--type", EVIL], 2],
  ["a file that there is not", ["load", "--data", `./${EVIL}`, "--mode", "append", "g.omni"], 1],
  ["a file to format that there is not", ["fmt", `${EVIL}.gq`], 1],
  ["a graph that there cannot be", ["snapshot", `./${EVIL}.omni`], 2],
  ["a store that there is not", ["snapshot", `ftp://${EVIL}`], 2],
];

describe("what people see holds no control character but line ends, and no line of anybody else", () => {
  it.each(SHOWN)("no control character of a value is shown in %s", async (_what, args, status, input) => {
    const ran = await run(args, { cwd, ...(input === undefined ? {} : { input }) });
    const seen = ran.out + ran.err;
    expect(ran.status, seen).toBe(status);
    expect(seen).not.toBe("");
    expect(STEERS.exec(seen)).toBeNull();
    expect(seen.split("\n").filter((line) => line.startsWith("FAKE"))).toEqual([]);
  });
});

describe("what programs read holds values as they are", () => {
  it("JSON, lines of JSON, CSV and exports hold values unchanged", async () => {
    const query = ["query", "g.omni", "-e", ALL, "--branch", "draft"];
    expect(JSON.parse(await ok([...query, "--json"], { cwd })).rows).toContainEqual({
      name: EVIL,
      note: `${EVIL}draft`,
    });
    expect(await ok([...query, "--format", "jsonl"], { cwd })).toContain(
      json({ name: EVIL, note: `${EVIL}draft` }),
    );
    expect(await ok([...query, "--format", "csv"], { cwd })).toContain(`"${EVIL}","${EVIL}draft"\n`);
    expect(await ok(["export", "g.omni"], { cwd })).toContain(json(EVIL));
    const shown = JSON.parse(await ok(["commit", "show", "main", "g.omni", "--json"], { cwd }));
    expect(shown).toMatchObject({ actor_id: EVIL, message: EVIL });
    const { err } = await run(["commit", "show", EVIL, "g.omni", "--json"], { cwd });
    expect(JSON.parse(err)).toMatchObject({ reason: "commit_not_found", commit: EVIL });
  });
});

/** Files of the command that write to the process's streams themselves: the terminal, what answers the version before anything is loaded, and what speaks a protocol of JSON with a program. */
const WRITERS = ["commands/mcp.ts", "start.ts", "terminal.ts"];

it("the command writes to the streams of the process only through the terminal, which takes only escaped text for people", () => {
  const sources = `${ROOT}packages/cli/src`;
  const writing = readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .filter((file) => /process\.std(?:out|err)|console\./.test(readFileSync(join(sources, file), "utf8")));
  expect(writing.toSorted()).toEqual(WRITERS);
});
