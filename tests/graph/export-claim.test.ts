import { MemoryObjects, ObjectLayers, Omnigraph } from "omnigraph";
import { expect, test } from "vitest";

const PINS = "__manifest/pins/";

test("an export of the past claims its commit until it ends or is left, and one of a head claims nothing", async () => {
  const objects = new MemoryObjects("export-claim");
  const parts = { objects, tables: new ObjectLayers(objects) };
  await using graph = await Omnigraph.initWith(parts, { schema: "node Note { text: String @key }" });
  await graph.mutate('insert Note { text: "a" }');
  const { id } = await graph.commits.show("main");
  await graph.mutate('insert Note { text: "b" }');
  for (const [at, claims] of [
    [id, 1],
    [undefined, 0],
  ] as const) {
    const pieces = graph.export(at === undefined ? {} : { at });
    expect((await pieces.next()).done).toBe(false);
    expect(await objects.list(PINS)).toHaveLength(claims);
    await pieces.return(undefined);
    expect(await objects.list(PINS)).toEqual([]);
  }
  let text = "";
  for await (const piece of graph.export({ at: id })) text += Buffer.from(piece).toString();
  expect(text.trim().split("\n")).toHaveLength(1);
  expect(await objects.list(PINS)).toEqual([]);
  await using reader = await Omnigraph.openWith(parts, { readOnly: true });
  const pieces = reader.export({ at: id });
  expect((await pieces.next()).done).toBe(false);
  expect(await objects.list(PINS)).toEqual([]);
  await pieces.return(undefined);
});

test("a cleanup passes over a claim that power loss has torn, and names it", async () => {
  const objects = new MemoryObjects("torn-claim");
  await using graph = await Omnigraph.initWith(
    { objects, tables: new ObjectLayers(objects) },
    { schema: "node Note { text: String @key }" },
  );
  for (const text of ["a", "b", "c"]) await graph.mutate(`insert Note { text: "${text}" }`);
  const torn = `${PINS}01M84AR2A00000000000000001.json`;
  await objects.put(torn, Buffer.from('{"needs"'));
  const { commits, notes } = await graph.maintenance.cleanup({ keep: 1, graceMs: 0, confirm: true });
  expect(commits).toBeGreaterThan(0);
  expect(notes).toEqual([expect.stringContaining(torn)]);
  expect(await objects.exists(torn)).toBe(true);
});
