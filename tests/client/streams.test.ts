import { OmnigraphClient } from "@omnigraph/client";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { portableBundle } from "../../scripts/bundle.mjs";
import { testFolder } from "../support/running/folders.ts";
import { type TestServer, testServer, TOKENS } from "../support/server/server.ts";

const folder = testFolder("client-streams");
let server: TestServer;
const as = (actor: string): OmnigraphClient =>
  new OmnigraphClient(server.address, { token: TOKENS.get(actor) ?? "" });
beforeAll(async () => {
  server = await testServer(folder);
});
afterAll(() => server.stop());

const LINES = 6000;

async function* teams(onPiece: (at: number) => void = () => undefined): AsyncGenerator<object> {
  for (let at = 0; at < LINES; at++) {
    onPiece(at);
    yield { type: "Team", data: { slug: `team-${at}` } };
  }
}

describe("streams", () => {
  it("a load is sent as it is made, and an export read as it comes", async () => {
    const root = as("root").graph("team");
    const seen: number[] = [];
    const loaded = await root.load(teams(), {
      mode: "append",
      branch: "bulk",
      from: "main",
      onProgress: ({ rows }) => seen.push(rows),
    });
    expect(loaded).toMatchObject({ branchCreated: true, nodes: [{ name: "Team", entities: LINES }] });
    expect(loaded.commit.actor).toBe("root");
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.at(-1)).toBe(LINES);
    let text = "";
    let pieces = 0;
    for await (const piece of root.export({ branch: "bulk", types: ["Team"] })) {
      text += Buffer.from(piece).toString();
      pieces++;
    }
    expect(text.split("\n")).toHaveLength(LINES + 2);
    expect(pieces).toBeGreaterThan(2);
    // Whoever reads no further ends the call.
    for await (const piece of root.export({ branch: "bulk" })) if (piece.length > 0) break;
    const whole = new OmnigraphClient(server.address, { token: TOKENS.get("root") ?? "", upload: "whole" });
    const again = await whole.graph("team").load(teams(), { mode: "merge", branch: "bulk" });
    expect(again.nodes).toEqual(loaded.nodes);
  });

  it("a load whose input fails has loaded nothing, and says why", async () => {
    const root = as("root").graph("team");
    const broken = new Error("the disk is gone");
    const input = teams((at) => {
      if (at === LINES - 1) throw broken;
    });
    const failed = root.load(input, { mode: "append" });
    await expect(failed).rejects.toMatchObject({ reason: "caller_failed", cause: broken });
    const wrong = root.load([{ type: "Team", data: { slug: "a" } }, 7 as unknown as string], {
      mode: "append",
    });
    await expect(wrong).rejects.toMatchObject({ reason: "usage", details: { piece: 2 } });
    const { rows } = await root.query("match { $t: Team } return { count($t) as n }");
    expect(rows).toEqual([{ n: 1 }]);
  });

  it("a policy is told as such, and a graph by its id", async () => {
    const bob = as("bob").graph("team");
    await expect(bob.mutate('insert Team { slug: "b" }')).rejects.toMatchObject({
      reason: "permission_denied",
    });
    await expect(as("bob").graph("none").snapshot()).rejects.toMatchObject({ reason: "graph_not_found" });
    await expect(as("nobody").graph("team").snapshot()).rejects.toMatchObject({ reason: "unauthorized" });
    expect(await as("root").graphs()).toEqual([{ id: "team", uri: "/graphs/team" }]);
    expect(await as("root").health()).toEqual({ contract: "0.10.0", version: "0.0.0" });
  });

  it("stored queries are run by their names", async () => {
    const root = as("root").graph("team");
    expect((await root.queries()).map(({ name, mutation }) => [name, mutation])).toEqual([
      ["add", true],
      ["people", false],
    ]);
    expect((await root.read("people")).rows).toEqual([{ slug: "ann" }, { slug: "bob" }]);
    const { commit } = await root.change("add", { s: "zed" }, { op: "zed" });
    expect(commit?.kind).toBe("mutation");
    expect((await root.change("add", { s: "zed" }, { op: "zed" })).commit).toEqual(commit);
    await expect(root.read("add", { s: "x" })).rejects.toMatchObject({ reason: "request_invalid" });
    await expect(root.read("none")).rejects.toMatchObject({ reason: "query_not_found" });
  });

  it("who asks for no whole answers is told the contract's members alone", async () => {
    const answer = await new Promise<Record<string, unknown>>((done, fail) => {
      const headers = { authorization: `Bearer ${TOKENS.get("root")}`, accept: "*/*" };
      request(`${server.address}/graphs/team/commits/main`, { headers }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        response.on("end", () => done(JSON.parse(text)));
      })
        .on("error", fail)
        .end();
    });
    expect(answer).not.toHaveProperty("kind");
    expect(answer).toHaveProperty("graph_commit_id");
  });
});

it("the client runs where there is no Node", async () => {
  const text = (await portableBundle("packages/client/src/index.ts")).toString();
  expect(text).not.toMatch(/\bBuffer\b|\bprocess\./);
  expect(text.length).toBeLessThan(100_000);
});
