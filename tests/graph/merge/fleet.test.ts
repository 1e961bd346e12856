import { Omnigraph, OmnigraphError } from "omnigraph";
import { expect, it } from "vitest";
import { Editor, linesOf, MERGE_DATA, MERGE_SCHEMA } from "../../support/graphs/merge-fixture.ts";

const AGENTS = 40;
/** Every tenth agent edits the person that all of these edit, each in another way. */
const isRival = (agent: number): boolean => agent % 10 === 0;

it(`${AGENTS} branches of one commit merge side by side, by two handles: each lands once, and of rivals the first`, async () => {
  const uri = "memory://fleet";
  await using graph = await Omnigraph.init(uri, { schema: MERGE_SCHEMA });
  await graph.load(MERGE_DATA, { mode: "append" });
  await using other = await Omnigraph.open(uri);
  const names = Array.from({ length: AGENTS }, (_, agent) => `agent-${agent}`);
  await Promise.all(names.map((name) => graph.branches.create(name)));
  await Promise.all(
    names.map(async (name, agent) => {
      const editor = new Editor(graph, name);
      if (isRival(agent)) await editor.set("ann", { name: `Ann of ${name}` });
      await editor.add(`p${agent}`);
    }),
  );
  const answers = await Promise.allSettled(
    names.map((name, agent) =>
      (agent % 2 === 0 ? graph : other).branches.merge(name, { deleteBranch: true }),
    ),
  );
  const refused = answers.flatMap((answer, agent) => (answer.status === "rejected" ? [agent] : []));
  expect(refused).toHaveLength(names.filter((_, agent) => isRival(agent)).length - 1);
  for (const agent of refused) {
    expect(isRival(agent)).toBe(true);
    const { reason } = answers[agent] as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(OmnigraphError);
    expect(reason).toMatchObject({
      reason: "merge_conflict",
      details: { merge_conflicts: [{ kind: "divergent_update", entity_id: "ann" }] },
    });
  }
  const left = (await graph.branches.list()).map(({ name }) => name).filter((name) => name !== "main");
  expect(new Set(left)).toEqual(new Set(refused.map((agent) => names[agent])));
  const lines = await linesOf(other);
  expect(await linesOf(graph)).toEqual(lines);
  for (const agent of names.keys())
    expect(lines.some((line) => line.includes(`"p${agent}"`))).toBe(!refused.includes(agent));
  // Those that were refused can still be decided, and then all is there.
  for (const agent of refused) await other.branches.merge(`agent-${agent}`, { strategy: "ours" });
  const whole = (await linesOf(graph)).join("\n");
  for (const agent of names.keys()) expect(whole).toContain(`"p${agent}"`);
});
