import { rmSync } from "node:fs";
import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import {
  applyCluster,
  approveInCluster,
  Deployments,
  lookAtCluster,
  type Surroundings,
  validateCluster,
} from "@omnigraph/cluster";
import { Omnigraph } from "omnigraph";
import { type RunningServer, serve, Tokens } from "@omnigraph/server";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FolderOf, writeCluster } from "../support/cluster/folder.ts";
import { testFolder } from "../support/running/folders.ts";

const folder = testFolder("cluster-live");
const around: Surroundings = { environment: systemEnvironment, s3: {} };

const TEAM = {
  schema: "node Person { slug: String @key }",
  queries: "query all() { match { $p: Person } return { $p.slug } }",
};
const BEFORE: FolderOf = {
  graphs: { films: { schema: "node Film { slug: String @key }" }, team: TEAM },
  policies: {
    use: { actions: "read, change, invoke_query", appliesTo: "team, films" },
    list: { actions: "graph_list", appliesTo: "cluster" },
  },
};

let storage = "";
let count = 0;
beforeEach(async () => {
  storage = join(folder, `data-${count++}`);
  write(BEFORE);
  await lookAtCluster(folder, "import", around);
  await apply();
});

const write = (described: FolderOf): void => writeCluster(folder, { ...described, storage });

async function apply(): Promise<string> {
  const answer = await applyCluster(folder, around, { actor: "ann" });
  expect(answer).toMatchObject({ ok: true, converged: true });
  return answer.state_observations.applied_revision_id ?? "";
}

/** A server that follows the cluster, as the command starts it. */
class Following {
  readonly log: { readonly text: string };
  readonly #deployments: Deployments;
  readonly #server: RunningServer;

  private constructor(deployments: Deployments, server: RunningServer, log: { text: string }) {
    this.log = log;
    this.#deployments = deployments;
    this.#server = server;
  }

  static async start(requireAllGraphs: boolean): Promise<Following> {
    const deployments = await Deployments.open(folder, around);
    const tokens = new Tokens([["ann", "token-ann"]]);
    const log = { text: "" };
    const server = await serve({
      read: async () => ({ source: await deployments.latest(), tokens, tls: null }),
      watchMs: 50,
      host: "127.0.0.1",
      port: 0,
      release: { version: "0", format: 1 },
      requireAllGraphs,
      log: { write: (line) => void (log.text += line) },
    });
    return new Following(deployments, server, log);
  }

  call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: "Bearer token-ann", "content-type": "application/json" };
    return fetch(this.#server.address + path, { headers, ...init });
  }

  /** Waits until a deployment is served. */
  async serves(id: string): Promise<void> {
    await expect.poll(async () => (await this.call("/healthz")).headers.get("omnigraph-deployment")).toBe(id);
  }

  async status(path: string, body?: string): Promise<number> {
    return (await this.call(path, body === undefined ? {} : { method: "POST", body })).status;
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    await this.#deployments.close();
  }
}

let started: Following[] = [];
afterEach(async () => {
  for (const each of started) await each.stop();
  started = [];
});

async function start(requireAllGraphs = false): Promise<Following> {
  const server = await Following.start(requireAllGraphs);
  started.push(server);
  return server;
}

it("what is applied is served without a restart: schemas, queries, policies, and graphs that come and go", async () => {
  const server = await start();
  const all = "/graphs/team/queries/all";
  const insert = '{"query":"query q() { insert Person { slug: \\"a\\" } }"}';
  expect(await server.status("/graphs/team/mutate", insert)).toBe(200);
  expect(await server.status(all, "{}")).toBe(200);
  write({
    graphs: {
      films: { schema: "node Film { slug: String @key }" },
      ships: { schema: "node Ship { slug: String @key }" },
      team: {
        schema: "node Person { slug: String @key  nick: String? }",
        queries: "query nicks() { match { $p: Person } return { $p.slug, $p.nick } }",
      },
    },
    policies: {
      use: { actions: "read, invoke_query", appliesTo: "team, films, ships" },
      list: { actions: "graph_list", appliesTo: "cluster" },
    },
  });
  await server.serves(await apply());
  expect(await server.status(all, "{}")).toBe(404);
  const answer = await server.call("/graphs/team/queries/nicks", { method: "POST", body: "{}" });
  expect(await answer.json()).toMatchObject({ row_count: 1 });
  expect(await server.status("/graphs/team/mutate", insert)).toBe(403);
  expect(await server.status("/graphs/ships/schema")).toBe(200);
  write({ ...BEFORE, graphs: { team: TEAM }, policies: { use: { actions: "read", appliesTo: "team" } } });
  for (const gone of ["graph.films", "graph.ships"]) await approveInCluster(folder, gone, "ann", around);
  await server.serves(await apply());
  expect(await server.status("/graphs/films/schema")).toBe(404);
  expect(await server.status("/graphs/team/schema")).toBe(200);
  expect(await server.status("/graphs")).toBe(403);
});

it("a graph that does not open is quarantined: the others are served, and it is too once it opens", async () => {
  rmSync(join(storage, "graphs/films.omni"), { recursive: true });
  await expect(start(true)).rejects.toThrow("films.omni");
  const server = await start();
  expect(await server.status("/graphs/films/schema")).toBe(503);
  expect(await server.status("/graphs/team/schema")).toBe(200);
  expect(await server.status("/readyz")).toBe(503);
  await lookAtCluster(folder, "refresh", around);
  await server.serves(await apply());
  await expect.poll(() => server.status("/graphs/films/schema")).toBe(200);
});

it("a graph whose queries others have made unfit is unavailable, and holds up no other", async () => {
  const server = await start();
  expect(await server.status("/graphs/team/queries/all", "{}")).toBe(200);
  {
    await using team = await Omnigraph.open(join(storage, "graphs/team.omni"), { maintenance: "off" });
    await team.schema.apply("node Other { slug: String @key }");
  }
  write({ ...BEFORE, policies: { use: { actions: "read, invoke_query", appliesTo: "team, films" } } });
  await server.serves(await apply());
  expect(await server.status("/graphs/team/queries/all", "{}")).toBe(503);
  expect(await server.status("/graphs/films/schema")).toBe(200);
});

it("a deployment that cannot be read is logged, and the former one stays", async () => {
  const server = await start();
  write({
    ...BEFORE,
    graphs: {
      ...BEFORE.graphs,
      team: { ...TEAM, queries: "query q() { match { $p: Person } return { $p.slug } }" },
    },
  });
  const { resource_digests: digests } = await validateCluster(folder);
  const path = join(storage, "__cluster/resources/query", `${digests["query.team.q"]}.gq`);
  await applyCluster(folder, around, {
    actor: null,
    onStep: (step) => void (step === "applied" ? rmSync(path) : null),
  });
  await expect.poll(() => server.log.text).toContain("the former one stays");
  expect(await server.status("/graphs/team/queries/all", "{}")).toBe(200);
});
