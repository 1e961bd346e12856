import { systemEnvironment } from "@omnigraph/base";
import { openBackend } from "@omnigraph/storage";
import { type GraphParts, Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { COMPLETE, prepare, PUBLISHED, SCHEMA, STEPS, WRITES } from "../../crash/stopping.mjs";
import { patient, standsStill } from "../../support/graphs/interrupted.ts";
import { backends } from "../../support/stores/backends.ts";

type Step = keyof typeof STEPS;

const ALL_STEPS = Object.keys(STEPS) as readonly Step[]; // Cast: its own keys.
const PEOPLE = "query items() { match { $i: Item } return { $i.k as k, $i.n as n } order { $i.k } }";

async function partsAt(uri: string): Promise<GraphParts> {
  const s3 = { variables: { ...process.env } };
  return openBackend(uri, systemEnvironment, { writable: true, s3 });
}

/** A write that stands still at a step, for ever. */
async function interrupted(uri: string, write: keyof typeof WRITES, step: Step): Promise<void> {
  await standsStill(await partsAt(uri), WRITES[write], step);
}

describe.each(backends("recovery"))("in %s", (_, next) => {
  it.each(ALL_STEPS)(
    "a load that stands still at the step '%s' is there whole or not at all",
    async (step) => {
      const uri = next();
      const made = await Omnigraph.init(uri, { schema: SCHEMA });
      await prepare(made);
      const before = (await made.query(PEOPLE)).rows.length;
      await interrupted(uri, "load", step);
      // Reads and small writes go on meanwhile.
      expect((await made.query(PEOPLE)).rows.length).toBe(before + (PUBLISHED.includes(step) ? 2 : 0));
      const [entry] = await made.recovery.list();
      if (step !== "intent removed")
        expect(entry).toMatchObject({
          state: "write",
          write: { kind: "load", branch: "main", actor: "ann", isOrphaned: false },
        });
      const settler = await Omnigraph.openWith({ ...(await partsAt(uri)), environment: patient() });
      const settled = await settler.recovery.settle();
      const isThere = COMPLETE.includes(step) || PUBLISHED.includes(step);
      if (step !== "intent removed")
        expect(settled).toMatchObject([{ outcome: isThere ? "published" : "given_up", problem: null }]);
      await settler.close();
      expect(await made.recovery.list()).toEqual([]);
      expect((await made.query(PEOPLE)).rows.length).toBe(before + (isThere ? 2 : 0));
      const kinds = (await made.commits.list()).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === "recovery")).toHaveLength(isThere ? 0 : 1);
      if (!isThere) await WRITES.load(made);
      expect((await made.query(PEOPLE)).rows.length).toBe(before + 2);
      await made.close();
    },
  );

  it("what is interrupted is shown, and is discarded once that is confirmed", async () => {
    const uri = next();
    const graph = await Omnigraph.init(uri, { schema: SCHEMA });
    await prepare(graph);
    await interrupted(uri, "mutation", "staged");
    const [{ id } = { id: "" }] = await graph.recovery.list();
    const shown = await graph.recovery.show(id);
    expect(shown.write).toMatchObject({ kind: "mutation", isComplete: true, message: "by table" });
    expect(shown.objects.some((key) => key.startsWith(`tables/${id}/`))).toBe(true);
    await expect(graph.recovery.discard(id)).rejects.toMatchObject({ reason: "recovery_not_confirmed" });
    const { outcome, commit } = await graph.recovery.discard(id, { confirm: true });
    expect(outcome).toBe("given_up");
    const newest = await graph.commits.show("main");
    expect([newest.id, newest.kind, newest.actor]).toEqual([commit, "recovery", "ann"]);
    expect(newest.message).toContain("gave up mutation");
    expect(await graph.recovery.list()).toEqual([]);
    await expect(graph.recovery.show(id)).rejects.toMatchObject({ reason: "recovery_not_found" });
    await graph.close();
  });

  it("what nobody can read is kept, reported and in nobody's way", async () => {
    const uri = next();
    const graph = await Omnigraph.init(uri, { schema: SCHEMA });
    await prepare(graph);
    const { objects } = await partsAt(uri);
    await objects.put("__recovery/01M84CRWS8ZK6R1TQ5V9WX2YJ7.json", Buffer.from("{"));
    await objects.put("__recovery/notes.txt", Buffer.from("mine"));
    await interrupted(uri, "load", "table written");
    const settler = await Omnigraph.openWith({ ...(await partsAt(uri)), environment: patient() });
    expect(await settler.recovery.settle()).toMatchObject([{ outcome: "given_up" }]);
    await settler.close();
    await WRITES.load(graph);
    expect(await graph.recovery.list()).toMatchObject([
      { id: "notes.txt", state: "unreadable", write: null },
      {
        id: "01M84CRWS8ZK6R1TQ5V9WX2YJ7",
        state: "unreadable",
        problem: expect.stringContaining("is damaged"),
      },
    ]);
    for (const id of ["notes.txt", "01M84CRWS8ZK6R1TQ5V9WX2YJ7"]) {
      await expect(graph.recovery.discard(id)).rejects.toMatchObject({ reason: "recovery_not_confirmed" });
      expect(await graph.recovery.discard(id, { confirm: true })).toMatchObject({
        outcome: "removed",
        commit: null,
      });
    }
    expect(await graph.recovery.list()).toEqual([]);
    await graph.close();
  });
});
