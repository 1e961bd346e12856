import { systemEnvironment } from "@omnigraph/base";
import {
  applyCluster,
  approveInCluster,
  clusterStatus,
  type Deployment,
  Deployments,
  lookAtCluster,
  planCluster,
  type Surroundings,
} from "@omnigraph/cluster";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { type FolderOf, writeCluster } from "../support/cluster/folder.ts";
import { testFolder } from "../support/running/folders.ts";
import { reasonOf } from "../support/running/reason-of.ts";
import { backends } from "../support/stores/backends.ts";

const folder = testFolder("cluster");
const around = (): Surroundings => ({ environment: systemEnvironment, s3: { variables: process.env } });
const NOBODY = { actor: null };

const BEFORE: FolderOf = {
  graphs: {
    films: { schema: "node Film { slug: String @key }" },
    team: {
      schema: "node Person { slug: String @key }",
      queries: "query all() { match { $p: Person } return { $p.slug } }",
    },
  },
  policies: { read: { actions: "read", appliesTo: "team, films" } },
};
const AFTER: FolderOf = {
  graphs: {
    ships: { schema: "node Ship { slug: String @key }" },
    team: {
      schema: "node Person { slug: String @key  nick: String? }",
      queries: "query all() { match { $p: Person } return { $p.nick } }",
    },
  },
  policies: { read: { actions: "read, export", appliesTo: "team" } },
};

/** Ends an apply after so many of its steps, as a kill would; answers whether it came so far. */
async function killedAfter(steps: number): Promise<boolean> {
  let left = steps;
  const killed = new Error("killed");
  try {
    await applyCluster(folder, around(), {
      actor: null,
      onStep: () => {
        if (left-- === 0) throw killed;
      },
    });
    return false;
  } catch (thrown) {
    expect(thrown).toBe(killed);
    return true;
  }
}

/** A cluster as `BEFORE` describes it, with a film in it; the folder describes `AFTER`, and the deletion that it asks for is approved. */
async function ready(storage: string): Promise<void> {
  writeCluster(folder, { ...BEFORE, storage });
  await lookAtCluster(folder, "import", around());
  expect(await applyCluster(folder, around(), NOBODY)).toMatchObject({ ok: true, converged: true });
  await using films = await Omnigraph.open(`${storage}/graphs/films.omni`, { maintenance: "off" });
  await films.load('{"type":"Film","data":{"slug":"jaws"}}', { mode: "append" });
  writeCluster(folder, { ...AFTER, storage });
  expect(await approveInCluster(folder, "graph.films", "ann", around())).toMatchObject({ ok: true });
}

async function deployed(storage: string): Promise<Deployment> {
  const deployments = await Deployments.open(storage, around());
  try {
    return await deployments.latest();
  } finally {
    await deployments.close();
  }
}

const schemaAt = async (uri: string): Promise<string> => {
  await using graph = await Omnigraph.open(uri, { readOnly: true });
  return graph.schema.show();
};

/** That nothing is left to do, and that what is served is what the folder describes. */
async function expectSettled(storage: string, wanted: FolderOf): Promise<Deployment> {
  expect(await applyCluster(folder, around(), NOBODY)).toMatchObject({
    ok: true,
    converged: true,
    changes: [],
    state_written: false,
  });
  const deployment = await deployed(storage);
  expect(deployment.graphs.map(({ id }) => id)).toEqual(Object.keys(wanted.graphs));
  for (const { id, uri, queries } of deployment.graphs) {
    expect(await schemaAt(uri)).toBe(wanted.graphs[id]?.schema);
    expect(queries.map(({ text }) => text).join("")).toBe(wanted.graphs[id]?.queries ?? "");
  }
  return deployment;
}

/** After which steps applies are killed in a kind of store: the first, and every so many after it. `back` is the stride of those that are taken back. */
export interface Steps {
  readonly first: number;
  readonly stride: number;
  readonly back: number;
}

/** `stepsIn` says so for a kind of store; null leaves it out. */
export function interruptedApplies(stepsIn: (store: string) => Steps | null): void {
  for (const [store, next] of backends("clusters")) {
    const steps = stepsIn(store);
    if (steps !== null) describe(`in ${store}`, () => sweep(next, steps));
  }
}

function sweep(next: () => string, { first, stride, back }: Steps): void {
  it("an apply that was killed at any step is brought to its end by the next one", async () => {
    for (let steps = first; ; steps += stride) {
      const storage = next();
      await ready(storage);
      const wasKilled = await killedAfter(steps);
      if (wasKilled)
        expect(await applyCluster(folder, around(), NOBODY)).toMatchObject({ ok: true, converged: true });
      await expectSettled(storage, AFTER);
      expect(await reasonOf(schemaAt(`${storage}/graphs/films.omni`))).toBe("graph_not_found");
      if (!wasKilled) {
        expect(steps).toBeGreaterThan(7);
        return;
      }
    }
  });

  it("an apply that was killed at any step is taken back by an apply of the former folder", async () => {
    for (let steps = first; ; steps += back) {
      const storage = next();
      await ready(storage);
      const wasKilled = await killedAfter(steps);
      writeCluster(folder, { ...BEFORE, storage });
      const told = await applyCluster(folder, around(), NOBODY);
      // A graph that came to be with the killed apply is applied, and waits for an approval of its deletion.
      if (!told.converged) {
        expect(told.changes.filter(({ reason }) => reason !== undefined).map((c) => c.resource)).toEqual([
          "graph.ships",
          "schema.ships",
        ]);
        await approveInCluster(folder, "graph.ships", "ann", around());
        expect(await applyCluster(folder, around(), NOBODY)).toMatchObject({ converged: true });
      }
      const { graphs } = await expectSettled(storage, BEFORE);
      // What was deleted is gone for good, and what is made under its name is another graph elsewhere.
      const isAnew = graphs[0]?.uri !== `${storage}/graphs/films.omni`;
      await using films = await Omnigraph.open(graphs[0]?.uri ?? "", { readOnly: true });
      const { datasets } = await films.snapshot();
      expect(datasets.map(({ count }) => count)).toEqual([isAnew ? 0 : 1]);
      if (!wasKilled) return;
    }
  });

  it("an apply that another one overtakes changes nothing more, and says so", async () => {
    const storage = next();
    await ready(storage);
    const late = applyCluster(folder, around(), {
      actor: null,
      onStep: async (step) => {
        if (step !== "begun") return;
        writeCluster(folder, { ...BEFORE, storage });
        await applyCluster(folder, around(), NOBODY);
      },
    });
    expect(await reasonOf(late)).toBe("cluster_conflict");
    await expectSettled(storage, BEFORE);
  });

  it("of two applies at once one wins, and the other one says so", async () => {
    const storage = next();
    await ready(storage);
    const told = await Promise.allSettled([
      applyCluster(folder, around(), NOBODY),
      applyCluster(folder, around(), NOBODY),
    ]);
    const won = told.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(won.some(({ converged }) => converged)).toBe(true);
    for (const each of told)
      if (each.status === "rejected") expect(each.reason).toMatchObject({ reason: "cluster_conflict" });
    await applyCluster(folder, around(), NOBODY);
    await expectSettled(storage, AFTER);
  });

  it("a graph that others changed or removed is told by refresh, and the next apply brings it back", async () => {
    const storage = next();
    writeCluster(folder, { ...BEFORE, storage });
    await lookAtCluster(folder, "import", around());
    await applyCluster(folder, around(), NOBODY);
    {
      await using team = await Omnigraph.open(`${storage}/graphs/team.omni`, { maintenance: "off" });
      await team.schema.apply("node Person { slug: String @key  age: I32? }");
    }
    expect(await planCluster(folder, around())).toMatchObject({ changes: [] });
    expect(await lookAtCluster(folder, "refresh", around())).toMatchObject({
      resource_statuses: { "schema.team": { status: "drifted", conditions: ["schema_mismatch"] } },
      observations: { "graph.team": { exists: true, schema_matches_desired: false } },
    });
    expect(await planCluster(folder, around())).toMatchObject({
      changes: [
        { resource: "graph.team", disposition: "derived" },
        { resource: "schema.team", migration: { steps: [{ kind: "drop_property", property_name: "age" }] } },
      ],
    });
    expect(await applyCluster(folder, around(), NOBODY)).toMatchObject({ applied_count: 1, converged: true });
    expect(await clusterStatus(folder, around())).toMatchObject({
      resource_statuses: { "schema.team": { status: "applied" } },
    });
    await expectSettled(storage, BEFORE);
  });
}
