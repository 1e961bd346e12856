import { MemoryObjects, ObjectLayers, Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import {
  base64,
  BLOB_SCHEMA,
  body,
  bytesOf,
  doc,
  LARGE,
  read,
  SMALL,
} from "../../support/graphs/blob-graph.ts";
import { reasonOf } from "../../support/running/reason-of.ts";

const NOW = { confirm: true, graceMs: 0, keep: 1 } as const;
const OTHER = bytesOf("other", 30_000);
const DELETE = "query q($s: String) { delete Doc where slug = $s }";
const RETITLE = "query q($s: String, $t: String) { update Doc set { title: $t } where slug = $s }";

let names = 0;

/** A graph in memory, with its objects. */
async function made(
  rows: readonly object[],
): Promise<{ readonly graph: Omnigraph; readonly objects: MemoryObjects }> {
  const objects = new MemoryObjects(`blob-life-${names++}`);
  const graph = await Omnigraph.initWith(
    { objects, tables: new ObjectLayers(objects) },
    { schema: BLOB_SCHEMA, maintenance: "off" },
  );
  await graph.load(rows, { mode: "append" });
  return { graph, objects };
}

/** How many times content is in the store. */
async function copies(objects: MemoryObjects): Promise<number> {
  return (await objects.list("tables/")).filter(({ key }) => key.endsWith(".blob")).length;
}

async function problems(graph: Omnigraph): Promise<readonly string[]> {
  const { findings } = await graph.maintenance.fsck();
  return findings.map((finding) => finding.class);
}

describe("the content of Blobs in the store", () => {
  it("is there once for rows of a load, and for writes beside it while a row of the branch names it", async () => {
    const { graph, objects } = await made([doc("a", LARGE), doc("b", LARGE), doc("c", SMALL)]);
    await using _ = graph;
    expect(await copies(objects)).toBe(1);
    await graph.load([doc("d", LARGE)], { mode: "append" });
    expect(await copies(objects)).toBe(1);
    await graph.blobs.put(body("c"), LARGE);
    expect(await copies(objects)).toBe(1);
    await graph.blobs.put(body("c"), OTHER);
    expect(await copies(objects)).toBe(2);
    expect(await problems(graph)).toEqual([]);
  });

  it("goes once no row needs it that must stay readable, and not before", async () => {
    const { graph, objects } = await made([doc("a", LARGE), doc("b", OTHER)]);
    await using _ = graph;
    await graph.branches.create("kept");
    await graph.mutate(DELETE, { s: "a" });
    await graph.mutate(RETITLE, { s: "b", t: "B" });
    await graph.maintenance.optimize({ full: true });
    await graph.maintenance.cleanup(NOW);
    expect(await copies(objects)).toBe(2);
    expect(await read(graph, "a", { branch: "kept" })).toEqual(LARGE);
    await graph.branches.delete("kept");
    await graph.maintenance.optimize({ full: true });
    const { types } = await graph.maintenance.cleanup(NOW);
    expect(types.find(({ typeName }) => typeName === "blobs")).toMatchObject({
      tables: 1,
      bytes: LARGE.length,
    });
    expect(await copies(objects)).toBe(1);
    expect(await read(graph, "b")).toEqual(OTHER);
    expect(await problems(graph)).toEqual([]);
    // Content that is gone is put again.
    await graph.load([doc("a", LARGE)], { mode: "append" });
    expect(await read(graph, "a")).toEqual(LARGE);
  });

  it("is found missing and damaged by fsck, and readers say so", async () => {
    const { graph, objects } = await made([doc("a", LARGE), doc("b", OTHER)]);
    await using _ = graph;
    const [first, second] = (await objects.list("tables/")).filter(({ key }) => key.endsWith(".blob"));
    await objects.delete(first?.key ?? "");
    await objects.put(second?.key ?? "", Buffer.alloc(second?.size ?? 0));
    const { findings } = await graph.maintenance.fsck();
    expect(findings.map((found) => [found.class, found.place])).toEqual([
      ["blob_damaged", first?.key],
      ["blob_damaged", second?.key],
    ]);
    expect(findings[0]).toMatchObject({ severity: "error", branches: ["main"] });
    for (const id of ["a", "b"]) expect(await reasonOf(read(graph, id))).toBe("object_corrupt");
  });

  it("is in backups, also of graphs that were cleaned up", async () => {
    const { graph } = await made([doc("a", LARGE), doc("b", OTHER), doc("c", LARGE)]);
    await using _ = graph;
    await graph.mutate(DELETE, { s: "b" });
    await graph.maintenance.optimize({ full: true });
    await graph.maintenance.cleanup(NOW);
    const to = `memory://blob-backup-${names++}`;
    await graph.maintenance.backup(to, { verify: true });
    await using copy = await Omnigraph.open(to);
    expect(await read(copy, "a")).toEqual(LARGE);
    expect(await problems(copy)).toEqual([]);
    await graph.blobs.put(body("c"), OTHER);
    await graph.maintenance.backup(to);
    await using later = await Omnigraph.open(to);
    expect(await read(later, "c")).toEqual(OTHER);
  });
});

describe("branches with Blobs", () => {
  it("the same content on both sides is no conflict, other content is one", async () => {
    const { graph } = await made([doc("a", SMALL), doc("b", null)]);
    await using _ = graph;
    await graph.branches.create("draft");
    for (const branch of ["main", "draft"]) await graph.blobs.put(body("a"), LARGE, { branch });
    await graph.blobs.put(body("b"), OTHER, { branch: "draft" });
    const differing: string[] = [];
    for await (const { id } of (await graph.branches.diff("main", "draft")).changes()) differing.push(id);
    expect(differing).toEqual(["b"]);
    expect((await graph.branches.merge("draft")).outcome).toBe("merged");
    expect(await read(graph, "b")).toEqual(OTHER);
    for (const branch of ["main", "draft"])
      await graph.blobs.put(body("b"), bytesOf(branch, 20_000), { branch });
    expect(await reasonOf(graph.branches.merge("draft"))).toBe("merge_conflict");
  });

  it("what a merge takes outlives the branch that it was taken from, and what a revert brings back stays", async () => {
    const { graph, objects } = await made([doc("a", SMALL)]);
    await using _ = graph;
    await graph.branches.create("draft");
    await graph.load([doc("b", LARGE), doc("c", OTHER)], { mode: "append", branch: "draft" });
    await graph.mutate(RETITLE, { s: "a", t: "A" });
    await graph.branches.merge("draft", { deleteBranch: true });
    const { commit } = await graph.mutate(DELETE, { s: "b" });
    await graph.commits.revert(commit?.id ?? "");
    await graph.maintenance.optimize({ full: true });
    await graph.maintenance.cleanup(NOW);
    expect(await copies(objects)).toBe(2);
    expect(await read(graph, "b")).toEqual(LARGE);
    expect(await read(graph, "c")).toEqual(OTHER);
    expect(await problems(graph)).toEqual([]);
  });

  it("a revert whose content was reclaimed says so, and changes nothing", async () => {
    const { graph } = await made([doc("a", LARGE)]);
    await using _ = graph;
    const { commit } = await graph.mutate(DELETE, { s: "a" });
    await graph.mutate(RETITLE, { s: "none", t: "-" });
    await graph.maintenance.optimize({ full: true });
    await graph.maintenance.cleanup({ ...NOW, keep: 2 });
    const before = await graph.commits.list();
    expect(await reasonOf(graph.commits.revert(commit?.id ?? ""))).toBe("history_reclaimed");
    expect(await graph.commits.list()).toEqual(before);
  });
});

describe("values of Blobs that are refused", () => {
  it.each([
    ["base64:!!!", /is not base64/],
    ["base64:aGl=", /is not base64/],
    ["https://example.com/a.pdf", /external blobs are not allowed here/],
    [`blob:${"0".repeat(64)}:5`, /a blob is content, base64:…, or an absolute address/],
    ["hello", /a blob is content/],
  ])("%s, at every door", async (value, message) => {
    const { graph } = await made([doc("a", SMALL)]);
    await using _ = graph;
    const before = await graph.commits.list();
    const load = graph.load([{ type: "Doc", data: { slug: "b", body: value } }], { mode: "merge" });
    await expect(load).rejects.toMatchObject({
      reason: "load_invalid",
      message: expect.stringMatching(message),
    });
    const set = 'query q($b: Blob) { update Doc set { body: $b } where slug = "a" }';
    await expect(graph.mutate(set, { b: value })).rejects.toThrow(message);
    expect(await graph.commits.list()).toEqual(before);
  });

  it("an address is a value where its base is allowed, and nothing is fetched from it", async () => {
    const uri = `memory://blob-external-${names++}`;
    const bases = ["https://files.example.com/docs"];
    await using graph = await Omnigraph.init(uri, { schema: BLOB_SCHEMA, externalBlobs: bases });
    const line = (slug: string, address: string): object => ({ type: "Doc", data: { slug, body: address } });
    const inside = "https://files.example.com/docs/a.pdf";
    await graph.load([line("a", inside)], { mode: "append" });
    expect(await graph.blobs.open(body("a"))).toMatchObject({ kind: "external", uri: inside });
    for (const outside of [
      "https://files.example.com/docsb/a.pdf",
      "https://files.example.com/docs/../secret",
      "https://files.example.com/docs/%2e%2e/secret",
      "https://ann:pw@files.example.com/docs/a.pdf",
      "http://files.example.com/docs/a.pdf",
    ])
      expect(await reasonOf(graph.load([line("b", outside)], { mode: "append" })), outside).toBe(
        "load_invalid",
      );
    expect(await reasonOf(Omnigraph.open(uri, { externalBlobs: ["docs/"] }))).toBe("usage");
  });

  it("what is no Blob, a null, and bytes beyond the end are told apart", async () => {
    const { graph } = await made([doc("a", SMALL), doc("none", null)]);
    await using _ = graph;
    const opened = (selector: object): Promise<string | null> =>
      reasonOf(graph.blobs.open({ ...body("a"), ...selector }));
    expect(await opened({ property: "title" })).toBe("blob_selector_invalid");
    expect(await opened({ property: "boddy" })).toBe("blob_selector_invalid");
    expect(await opened({ type: "Ghost" })).toBe("blob_selector_invalid");
    expect(await opened({ entity: "edge" })).toBe("blob_selector_invalid");
    expect(await opened({ id: "ghost" })).toBe("blob_not_found");
    expect(await opened({ id: "none" })).toBe("blob_not_found");
    for (const part of [{ offset: 20 }, { offset: 1000 }, { length: 0 }])
      expect(await reasonOf(read(graph, "a", {}, part))).toBe("blob_range_invalid");
    expect(await reasonOf(graph.blobs.put(body("ghost"), LARGE))).toBe("blob_not_found");
    const broken = (function* () {
      yield LARGE;
      throw new Error("gone");
    })();
    await expect(graph.blobs.put(body("a"), broken)).rejects.toMatchObject({ reason: "caller_failed" });
    expect(base64(await read(graph, "a"))).toBe(base64(SMALL));
  });
});
