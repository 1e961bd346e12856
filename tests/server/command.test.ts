import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ChildProcess } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { jsonIn, ok, run, start } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";
import { listening } from "../support/server/listening.ts";

const cwd = testFolder("serve");
const TOKENS = { OMNIGRAPH_SERVER_BEARER_TOKENS_JSON: '{"ann":"token-ann"}' };
const AUTHORIZED = { authorization: "Bearer token-ann" };

beforeAll(async () => {
  mkdirSync(join(cwd, "co/queries"), { recursive: true });
  writeFileSync(join(cwd, "co/team.pg"), "node Team { slug: String @key }\n");
  writeFileSync(join(cwd, "co/queries/team.gq"), "query teams() { match { $t: Team } return { $t.slug } }\n");
  writeFileSync(
    join(cwd, "co/team.yaml"),
    "version: 1\ngroups: { all: [ann] }\nrules: [{ id: all, allow: { actors: { group: all }, actions: [read, change, invoke_query, schema_apply] } }]\n",
  );
  writeFileSync(
    join(cwd, "co/cluster.yaml"),
    "version: 1\ngraphs:\n  team: { schema: team.pg, queries: queries }\n  gone: { schema: team.pg }\n" +
      "policies: { team: { file: team.yaml, applies_to: [team, gone] } }\n",
  );
  for (const verb of ["import", "apply"]) await ok(["cluster", verb, "--config", "co"], { cwd });
  rmSync(join(cwd, "co/graphs/gone.omni"), { recursive: true });
});

const exited = (child: ChildProcess): Promise<number | null> =>
  new Promise((done) => child.once("exit", (code) => done(code)));

describe("omnigraph serve", () => {
  it("finishes what it has accepted at SIGTERM, accepts no more, and ends with 0", async () => {
    const args = [
      "serve",
      "--graph",
      "team=co/graphs/team.omni",
      "--policy",
      "co/team.yaml",
      "--queries",
      "co/queries",
      "--bind",
      "127.0.0.1:0",
    ];
    const child = start(args, { cwd, env: TOKENS });
    const address = await listening(child);
    let go: () => void = () => undefined;
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"type":"Team","data":{"slug":"core"}}\n');
      await new Promise<void>((done) => (go = done));
      yield Buffer.from('{"type":"Team","data":{"slug":"edge"}}\n');
    }
    const load = fetch(`${address}/graphs/team/load/ndjson`, {
      method: "POST",
      headers: { ...AUTHORIZED, "content-type": "application/x-ndjson" },
      body: body(),
      duplex: "half",
    });
    await new Promise((done) => setTimeout(done, 500));
    child.kill("SIGTERM");
    await expect
      .poll(() =>
        fetch(`${address}/healthz`).then(
          ({ status }) => status,
          () => "refused",
        ),
      )
      .not.toBe(200);
    go();
    const answer = await load;
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ total_entities: 2, actor_id: "ann" });
    expect(await exited(child)).toBe(0);
    const teams = await jsonIn(cwd)(
      "query",
      "--store",
      "co/graphs/team.omni",
      "-e",
      "match { $t: Team } return { $t.slug }",
    );
    expect(teams["row_count"]).toBe(2);
  });

  it("reads its tokens again at SIGHUP, and keeps them where they cannot be read", async () => {
    const file = join(cwd, "tokens.json");
    writeFileSync(file, '{"ann":"first"}');
    const env = { OMNIGRAPH_SERVER_BEARER_TOKENS_FILE: file };
    const args = ["serve", "--graph", "team=co/graphs/team.omni", "--bind", "127.0.0.1:0"];
    const child = start(args, { cwd, env });
    let log = "";
    child.stderr?.on("data", (text: Buffer) => (log += text.toString()));
    const address = await listening(child);
    const status = async (token: string): Promise<number> =>
      (await fetch(`${address}/graphs/team/snapshot`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    expect([await status("first"), await status("second")]).toEqual([200, 401]);
    writeFileSync(file, '{"ann":"second"}');
    child.kill("SIGHUP");
    await expect.poll(() => status("second")).toBe(200);
    expect(await status("first")).toBe(401);
    for (const wrong of ["{}", "{broken"]) {
      log = "";
      writeFileSync(file, wrong);
      child.kill("SIGHUP");
      await expect.poll(() => log).toContain("the former one stays");
      expect(await status("second")).toBe(200);
    }
    const ended = exited(child);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("serves what was applied of a cluster: a graph that cannot be opened is 503 and the others are served", async () => {
    const child = start(["serve", "--cluster", "co", "--bind", "127.0.0.1:0"], { cwd, env: TOKENS });
    const address = await listening(child);
    const status = async (path: string, init: RequestInit = {}): Promise<number> =>
      (await fetch(address + path, { headers: AUTHORIZED, ...init })).status;
    expect(await status("/graphs/team/snapshot")).toBe(200);
    expect(await status("/graphs/team/queries/teams", { method: "POST" })).toBe(200);
    expect(await status("/graphs/gone/snapshot")).toBe(503);
    expect(await status("/readyz")).toBe(503);
    const unavailable = await (
      await fetch(`${address}/graphs/gone/snapshot`, { headers: AUTHORIZED })
    ).text();
    expect(unavailable).not.toContain(cwd);
    const managed = await fetch(`${address}/graphs/team/schema/apply`, {
      method: "POST",
      headers: { ...AUTHORIZED, "content-type": "application/json" },
      body: '{"schema_source":"node A { k: String @key }"}',
    });
    expect(managed.status).toBe(409);
    expect(await managed.json()).toMatchObject({ reason: "schema_managed" });
    const ended = exited(child);
    child.kill("SIGINT");
    expect(await ended).toBe(0);
  });

  it.each<readonly [string, readonly string[], Readonly<Record<string, string>>, string]>([
    ["no tokens", ["--graph", "t=co/graphs/team.omni"], {}, "no tokens"],
    [
      "tokens that do not count",
      ["--graph", "t=co/graphs/team.omni", "--unauthenticated"],
      TOKENS,
      "leave one of them out",
    ],
    [
      "policies that nobody could meet",
      ["--graph", "t=co/graphs/team.omni", "--policy", "co/team.yaml", "--unauthenticated"],
      {},
      "there are policies and no tokens",
    ],
    ["nothing to serve", [], TOKENS, "nothing to serve"],
    [
      "a graph without an id",
      ["--graph", "co/graphs/team.omni"],
      TOKENS,
      "--graph takes an id and an address",
    ],
    ["an id that cannot be in a path", ["--graph", "a/b=co/graphs/team.omni"], TOKENS, "cannot name a graph"],
    ["a graph that is not there", ["--graph", "t=co/none.omni"], TOKENS, "none.omni"],
    [
      "a graph of a cluster that is not there",
      ["--cluster", "co", "--require-all-graphs"],
      TOKENS,
      "gone.omni",
    ],
    [
      "a policy that is not there",
      ["--graph", "t=co/graphs/team.omni", "--policy", "none.yaml"],
      TOKENS,
      "cannot read none.yaml",
    ],
    [
      "an address that is none",
      ["--graph", "t=co/graphs/team.omni", "--bind", "here"],
      TOKENS,
      "--bind takes a host and a port",
    ],
    [
      "an address that is not here",
      ["--graph", "t=co/graphs/team.omni", "--bind", "192.0.2.1:1"],
      TOKENS,
      "listen_failed",
    ],
    ["a cluster of which nothing was applied", ["--cluster", "queries"], TOKENS, "cluster_not_applied"],
    [
      "a certificate without its key",
      ["--graph", "t=co/graphs/team.omni", "--tls-cert", "co/team.pg"],
      TOKENS,
      "--tls-cert and --tls-key go together",
    ],
    [
      "an origin that is none",
      ["--graph", "t=co/graphs/team.omni", "--cors-origin", "app.example.org"],
      TOKENS,
      "an origin is a scheme, a host and a port",
    ],
    ["a cluster and a graph", ["--cluster", "co", "--graph", "t=x"], TOKENS, "leave their flags out"],
  ])("%s is refused at the start", async (_, args, env, message) => {
    const ran = await run(["serve", ...args], { cwd, env });
    expect(ran.status, ran.err).not.toBe(0);
    expect(ran.err).toContain(message);
  });
});
