import type { ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { start } from "../support/cli/cli.ts";
import type { Ran } from "../support/cli/ran.ts";
import { runHere } from "../support/cli/terminal.ts";
import { testFolder } from "../support/running/folders.ts";
import { listening } from "../support/server/listening.ts";

const cwd = testFolder("servers");
const at = (name: string): string => join(cwd, name);
const SCHEMA = `node Person { name: String @key  age: I64?  born: Date?  seen: DateTime? }
edge Knows: Person -> Person { since: Date? }
`;
const DATA = `{"type":"Person","data":{"name":"Ann","age":9007199254740993,"born":"1985-05-01","seen":"2026-01-31T12:00:00Z"}}
{"type":"Person","data":{"name":"Bob"}}
{"edge":"Knows","from":"Ann","to":"Bob","data":{"since":"2020-05-01"}}
`;
const QUERIES = `query people() @description("By name") { match { $p: Person } return { $p.name as name, $p.age as age } order { $p.name } }
query one($name: String, $least: I64?) { match { $p: Person { name: $name } } return { $p.name, $p.born, $p.seen } }
query add($name: String) { insert Person { name: $name } }
`;

const children: ChildProcess[] = [];
let open = "";
let guarded = "";

async function serving(args: readonly string[], env: Record<string, string>): Promise<string> {
  const child = start(["serve", ...args, "--queries", at("queries"), "--bind", "127.0.0.1:0"], { cwd, env });
  children.push(child);
  return listening(child);
}

beforeAll(async () => {
  mkdirSync(at("queries"));
  mkdirSync(at("home"));
  writeFileSync(at("schema.pg"), SCHEMA);
  writeFileSync(at("wider.pg"), `${SCHEMA}node City { name: String @key }\n`);
  writeFileSync(at("wrong.pg"), SCHEMA.replace("age: I64?", "age: Bool?"));
  writeFileSync(at("data.jsonl"), DATA);
  writeFileSync(at("bad.jsonl"), '{"type":"Person","data":{"name":7}}\n');
  writeFileSync(at("queries/team.gq"), QUERIES);
  for (const name of ["here.omni", "there.omni"]) await done(["init", "--schema", at("schema.pg"), at(name)]);
  open = await serving(["--graph", "team=there.omni", "--unauthenticated"], {});
  const tokens = { OMNIGRAPH_SERVER_BEARER_TOKENS_JSON: '{"ann":"token-of-ann"}' };
  guarded = await serving(["--graph", "team=there.omni"], tokens);
  writeFileSync(
    at("home/config.yaml"),
    `servers: { prod: { url: "${guarded}" }, "open-one": { url: "${open}" } }
profiles: { work: { server: prod, graph: team }, mine: { store: "${at("here.omni")}" } }
defaults: { profile: mine, graph: team }
aliases:
  person: { query: one, server: open-one, graph: team, args: { name: text, least: json }, format: csv }
  hire: { command: mutate, query: add, server: open-one, graph: team, args: { name: text } }
`,
  );
});
afterAll(async () => {
  for (const child of children) child.kill("SIGTERM");
  await Promise.all(children.map((child) => new Promise((ended) => child.once("exit", ended))));
});
beforeEach(() => {
  vi.stubEnv("OMNIGRAPH_HOME", at("home"));
  vi.stubEnv("OMNIGRAPH_STORE", "");
  vi.stubEnv("OMNIGRAPH_ACTOR", "");
  vi.stubEnv("NO_COLOR", "1");
});

async function done(args: readonly string[], input = ""): Promise<Ran> {
  const ran = await runHere(args, input);
  if (ran.status !== 0) throw new Error(`omnigraph ${args.join(" ")} ended with ${ran.status}: ${ran.err}`);
  return ran;
}

/** What a run told, with ids in the order of their appearance, without times and without where the graph is. */
class Side {
  readonly #graph: readonly string[];
  readonly #ids = new Map<string, string>();
  readonly #addresses: readonly string[];

  constructor(graph: readonly string[], addresses: readonly string[]) {
    this.#graph = graph;
    this.#addresses = addresses;
  }

  async told(args: readonly string[], input: string): Promise<Ran> {
    const words = args.map((word) =>
      word.replace(/^#(\d)$/, (_, at: string) => [...this.#ids.keys()][Number(at)] ?? ""),
    );
    const { status, out, err } = await runHere([...words, ...this.#graph], input);
    return { status, out: this.#masked(out), err: this.#masked(err) };
  }

  #masked(text: string): string {
    const named = this.#addresses.reduce((rest, address) => rest.replaceAll(address, "GRAPH"), text);
    return named
      .replaceAll(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, (id) => {
        const known = this.#ids.get(id) ?? `ID${this.#ids.size}`.padEnd(26, "-");
        this.#ids.set(id, known);
        return known;
      })
      .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+Z(?= \||\n)|\b1[789]\d{14}\b/g, "TIME")
      .replaceAll(/[\w-]{80,}/g, "TOKEN");
  }
}

const E = "-e";
const ADD = "query add($n: String) { insert Person { name: $n } }";
const SCRIPT: readonly (readonly [args: readonly string[], input?: string])[] = [
  [["load", "--data", at("data.jsonl"), "--mode", "append", "--json"]],
  [["load", "--data", "-", "--mode", "merge"], '{"type":"Person","data":{"name":"Cyd","age":3}}\n'],
  [["load", "--data", at("bad.jsonl"), "--mode", "merge", "--json"]],
  [["load", "--data", at("bad.jsonl"), "--mode", "merge"]],
  [["query", "people", "--query", at("queries/team.gq")]],
  ...["table", "kv", "csv", "jsonl", "json"].map(
    (format) =>
      [
        ["query", "one", "--query", at("queries/team.gq"), "--params", '{"name":"Ann"}', "--format", format],
      ] as const,
  ),
  [["query", E, "match { $p: Person } return { sum($p.age) as sum, count($p) as n }", "--json"]],
  [["query", E, "match { $p: Persona } return { $p.name }", "--json"]],
  [["query", "none", "--query", at("queries/team.gq")]],
  [["query", E, "match { $p: Person } return { $p.name } order { $p.name }", "--at", "main~1"]],
  [["mutate", E, ADD, "--params", '{"n":"Dee"}', "--op", "dee", "--json"]],
  [["mutate", E, ADD, "--params", '{"n":"Dee"}', "--op", "dee", "--json"]],
  [["mutate", E, ADD, "--params", '{"n":"Eve"}', "--op", "dee", "--json"]],
  [["mutate", E, 'delete Person where name = "Nobody"']],
  [["mutate", E, ADD, "--params", '{"n":"Eve"}', "--if-commit", "#0"]],
  [["branch", "create", "draft"]],
  [["branch", "create", "draft", "--json"]],
  [["branch", "create", "early", "--from", "main~1", "--json"]],
  [["branch", "list"]],
  [["branch", "list", "--json"]],
  [["mutate", "--branch", "draft", E, 'update Person set { age: 1 } where name = "Ann"']],
  [["mutate", E, 'update Person set { age: 2 } where name = "Ann"', "--json"]],
  [["branch", "merge", "draft"]],
  [["branch", "merge", "draft", "--json"]],
  [["branch", "merge", "early", "--json"]],
  [["mutate", "--branch", "early", E, ADD, "--params", '{"n":"Fay"}']],
  [["branch", "merge", "early", "--delete-branch", "--yes"]],
  [["branch", "delete", "draft", "--yes"]],
  [["branch", "delete", "draft", "--yes", "--json"]],
  [["snapshot"]],
  [["snapshot", "--json"]],
  [["commit", "list"]],
  [["commit", "list", "--limit", "2", "--json"]],
  [["commit", "show", "main"]],
  [["commit", "show", "main~3", "--json"]],
  [["commit", "show", "nothing"]],
  [["commit", "changes", "main"]],
  [["commit", "changes", "main~4", "--json"]],
  [["commit", "changes", "#0", "--kind", "node"]],
  [["changes", "poll", "--start", "beginning"]],
  [["changes", "poll", "--start", "beginning", "--type", "Person", "--op", "update", "--json"]],
  [["changes", "baseline", "--type", "Knows"]],
  [["changes", "baseline", "--out", at("baseline.jsonl")]],
  [["export"]],
  [["export", "--type", "Knows"]],
  [["export", "--type", "Nothing"]],
  [["schema", "show"]],
  [["schema", "plan", "--schema", at("wider.pg"), "--json"]],
  [["schema", "plan", "--schema", at("wrong.pg")]],
  [["schema", "apply", "--schema", at("wider.pg")]],
  [["schema", "apply", "--schema", at("wider.pg"), "--json"]],
  [["schema", "apply", "--schema", at("wrong.pg"), "--json"]],
  [["queries", "list", "--queries", at("queries")]],
  [["queries", "validate", "--queries", at("queries"), "--json"]],
];

describe("the same commands on a store and on a server", () => {
  const here = new Side(["--store", at("here.omni")], [at("here.omni")]);
  let there: Side;
  beforeAll(() => {
    there = new Side(["--server", open, "--graph", "team"], [`${open}/graphs/team`, "/graphs/team"]);
  });

  // Each sees what those before it did, on both sides.
  it.each(SCRIPT.map(([args, input = ""]) => [args.join(" ").replaceAll(cwd, "."), args, input] as const))(
    "%s",
    async (_, args, input) => {
      const expected = await here.told(args, input);
      expect(await there.told(args, input)).toEqual(expected);
    },
  );

  it("what a server has stored is run by its name, and listed", async () => {
    const graph = ["--server", open, "--graph", "team"];
    const told = await done(["query", "one", "--params", '{"name":"Bob"}', "--format", "csv", ...graph]);
    expect(told.out).toBe("p.name,p.born,p.seen\nBob,null,null\n");
    const listed = await done(["queries", "list", ...graph]);
    expect(listed.out).toContain("one    | read     | name: string, least: bigint?");
    const here = await runHere(["queries", "list", "--store", at("here.omni")]);
    expect([here.status, here.err]).toEqual([2, expect.stringContaining("--queries <folder>")]);
  });

  it.each([
    ["cleanup", ["cleanup"]],
    ["explain", ["explain", E, "match { $p: Person } return { $p.name }"]],
    ["revert", ["revert", "main"]],
    ["a dry run", ["branch", "merge", "main", "--into", "main", "--dry-run"]],
    ["tables", ["snapshot", "--tables"]],
    ["tables of an export", ["export", "--format", "lance", "--to", at("tables")]],
    ["a message", ["mutate", E, ADD, "--params", '{"n":"Gus"}', "--message", "why"]],
    ["another author", ["mutate", E, ADD, "--params", '{"n":"Gus"}', "--as", "gus"]],
    ["a schema of a branch", ["schema", "apply", "--schema", at("schema.pg"), "--branch", "other"]],
  ])("what a server cannot do is refused before any effect: %s", async (_, args) => {
    const before = await done(["commit", "show", "main", "--server", open, "--graph", "team"]);
    const ran = await runHere([...args, "--server", open, "--graph", "team", "--json"]);
    expect([ran.status, ran.out]).toEqual([2, ""]);
    expect(JSON.parse(ran.err)).toMatchObject({ code: "bad_request", reason: "not_on_server" });
    expect(await done(["commit", "show", "main", "--server", open, "--graph", "team"])).toEqual(before);
    expect(existsSync(at("tables"))).toBe(false);
  });

  it("a server that is not there is 75: it may be asked again", async () => {
    const ran = await runHere(["snapshot", "--server", "http://127.0.0.1:9", "--graph", "team", "--json"]);
    expect([ran.status, JSON.parse(ran.err).reason]).toEqual([75, "server_unreachable"]);
  });
});

describe("servers by name", () => {
  const asked = ["snapshot", "--profile", "work", "--json"];

  it("a token is kept for a server, in a file of its owner alone, until it is forgotten", async () => {
    expect((await runHere(asked)).err).toContain("unauthorized");
    await done(["login", "prod"], "token-of-ann\n");
    expect(statSync(at("home/credentials")).mode & 0o777).toBe(0o600);
    expect(readFileSync(at("home/credentials"), "utf8")).toContain("token-of-ann");
    await done(asked);
    // Where there is no policy an actor reads.
    const ran = await runHere(["mutate", E, ADD, "--params", '{"n":"x"}', "--server", "prod", "--json"]);
    expect(JSON.parse(ran.err)).toMatchObject({ reason: "permission_denied" });
    chmodSync(at("home/credentials"), 0o644);
    expect((await runHere(asked)).err).toContain("chmod 600");
    chmodSync(at("home/credentials"), 0o600);
    await done(["logout", "prod", "--json"]);
    expect((await runHere(asked)).err).toContain("unauthorized");
  });

  it("a token of the environment is for its server; another one is not sent to it", async () => {
    vi.stubEnv("OMNIGRAPH_TOKEN_OPEN_ONE", "token-of-ann");
    expect((await runHere(asked)).err).toContain("unauthorized");
    vi.stubEnv("OMNIGRAPH_TOKEN_PROD", "token-of-ann");
    await done(asked);
    await done(["snapshot", "--server", guarded, "--graph", "team"]);
    vi.stubEnv("OMNIGRAPH_TOKEN_PROD", "");
    vi.stubEnv("OMNIGRAPH_BEARER_TOKEN", "token-of-ann");
    await done(asked);
  });

  it("a token is not sent to where its server is said to be by now", async () => {
    await done(["login", "prod", "--token", "token-of-ann"]);
    const config = readFileSync(at("home/config.yaml"), "utf8");
    writeFileSync(at("home/config.yaml"), config.replace(guarded, open));
    const moved = await runHere(asked);
    writeFileSync(at("home/config.yaml"), config);
    await done(["logout", "prod"]);
    expect([moved.status, JSON.parse(moved.err).reason]).toEqual([1, "config_invalid"]);
    expect(moved.err).toContain("login prod again");
  });

  it("profiles and graphs are listed, and aliases run", async () => {
    expect(JSON.parse((await done(["profile", "list", "--json"])).out)).toEqual([
      { name: "work", store: null, server: "prod", graph: "team", default: false },
      { name: "mine", store: at("here.omni"), server: null, graph: null, default: true },
    ]);
    expect((await done(["profile", "show", "work"])).out).toBe("work: server prod, graph team\n");
    const graphs = await done(["graphs", "list", "--server", "open-one", "--json"]);
    expect(JSON.parse(graphs.out)).toEqual({ graphs: [{ graph_id: "team", uri: "/graphs/team" }] });
    await done(["alias", "hire", "Zoe", "--quiet"]);
    expect((await done(["alias", "person", "Zoe", "7"])).out).toBe("p.name,p.born,p.seen\nZoe,null,null\n");
    expect((await runHere(["alias", "person", "Zoe", "seven"])).status).toBe(1);
    expect((await runHere(["alias", "nobody"])).err).toContain("there is no alias nobody");
    // The default profile leads to the store.
    expect((await done(["commit", "list", "--limit", "1"])).out).toContain("schema");
  });

  it.each([
    ["two places", ["snapshot", "--server", "prod", "--store", "x.omni"], "the graph is named twice"],
    [
      "a server that is not there",
      ["snapshot", "--server", "nope", "--graph", "team"],
      "there is no server nope",
    ],
    ["a profile that is not there", ["snapshot", "--profile", "nope"], "there is no profile nope"],
    [
      "a graph of a store",
      ["snapshot", "--store", "x.omni", "--graph", "team"],
      "--graph names a graph of a server",
    ],
    ["a login by address", ["login", "https://example.com", "--token", "x"], "name the server first"],
  ])("%s is refused", async (_, args, message) => {
    const ran = await runHere(args);
    expect([ran.status, ran.err]).toEqual([2, expect.stringContaining(message)]);
  });
});
