import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";

const folder = testFolder("spent");
const SCHEMA = "node Person { name: String @key }";
const INSERT = "query add($name: String) { insert Person { name: $name } }";
const ALL = "query all() { match { $p: Person } return { $p.name as name } order { name } }";
const LAST = 2 ** 30 - 1;

const slotFile = (root: string, slot: number): string =>
  join(root, "__manifest/log", `000000000.${String(LAST - slot).padStart(10, "0")}.commit`);
const recordFile = (root: string, name: string): string =>
  join(root, "__manifest/refs", `${name}%40${LAST}.json`);
const namesOf = async (graph: Omnigraph, branch = "main"): Promise<unknown[]> =>
  (await graph.query(ALL, {}, { branch })).rows.map((row) => row.name);
const add = (graph: Omnigraph, name: string, branch = "main"): Promise<unknown> =>
  graph.mutate(INSERT, { name }, { branch });

it("a graph goes on after power loss took the bytes of a commit and of a branch and left their names", async () => {
  const root = join(folder, "graph");
  const before = await Omnigraph.init(root, { schema: SCHEMA });
  await add(before, "ann");
  await before.branches.create("kept");
  await before.close();
  writeFileSync(slotFile(root, 2), "");
  writeFileSync(`${slotFile(root, 2)}~1`, new Uint8Array(700));
  writeFileSync(recordFile(root, "review"), new Uint8Array(267));

  const [graph, other] = [await Omnigraph.open(root), await Omnigraph.open(root)];
  expect(await namesOf(graph)).toEqual(["ann"]);
  expect((await graph.branches.list()).map(({ name }) => name)).toEqual(["kept", "main"]);
  await expect(namesOf(graph, "review")).rejects.toMatchObject({ reason: "branch_not_found" });

  await Promise.all([add(graph, "bob"), add(other, "cas")]);
  expect(existsSync(`${slotFile(root, 2)}~2`)).toBe(true);
  expect(statSync(slotFile(root, 2)).size).toBe(0);
  await other.branches.create("review");
  await expect(graph.branches.create("review")).rejects.toMatchObject({ reason: "branch_exists" });
  await add(graph, "dan", "review");
  expect(await namesOf(other, "review")).toEqual(["ann", "bob", "cas", "dan"]);
  await other.branches.merge("review");

  const after = await Omnigraph.open(root, { readOnly: true });
  expect(await namesOf(after)).toEqual(["ann", "bob", "cas", "dan"]);
  expect((await after.branches.list()).map(({ name }) => name)).toEqual(["kept", "main", "review"]);
  for (const each of [graph, other, after]) await each.close();
});

it("a graph is made where power loss left the name of a genesis", async () => {
  const root = join(folder, "begun");
  mkdirSync(join(root, "__manifest/log"), { recursive: true });
  writeFileSync(slotFile(root, 0), "");
  await expect(Omnigraph.open(root)).rejects.toMatchObject({ reason: "graph_not_found" });
  const graph = await Omnigraph.init(root, { schema: SCHEMA });
  await add(graph, "ann");
  await graph.close();
  const again = await Omnigraph.open(root);
  expect(await namesOf(again)).toEqual(["ann"]);
  await again.close();
});
