import { Omnigraph } from "omnigraph";
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
  streamed,
} from "../../support/graphs/blob-graph.ts";
import { textIn } from "../../support/models/feed-model.ts";
import { reasonOf } from "../../support/running/reason-of.ts";
import { backends } from "../../support/stores/backends.ts";

const DOCS = [doc("a", LARGE, "A"), doc("b", SMALL), doc("empty", Buffer.alloc(0)), doc("none", null)];
const RETITLE = "query q($s: String, $t: String) { update Doc set { title: $t } where slug = $s }";

async function made(uri: string): Promise<Omnigraph> {
  const graph = await Omnigraph.init(uri, { schema: BLOB_SCHEMA });
  const edge = { edge: "Cites", from: "a", to: "b", data: { id: "e", scan: base64(LARGE) } };
  await graph.load([...DOCS, edge], { mode: "append" });
  return graph;
}

describe.each(backends("blob-values"))("Blobs of a graph in %s", (_name, addressOf) => {
  it("content of any size is read back, whole and in part, of nodes and of edges", async () => {
    await using graph = await made(addressOf());
    expect(await read(graph, "a")).toEqual(LARGE);
    expect(await read(graph, "b")).toEqual(SMALL);
    expect(await read(graph, "empty")).toEqual(Buffer.alloc(0));
    expect(await read(graph, "a", {}, { offset: 39_990 })).toEqual(LARGE.subarray(39_990));
    expect(await read(graph, "a", {}, { offset: 5, length: 10 })).toEqual(LARGE.subarray(5, 15));
    expect(await read(graph, "b", {}, { offset: 5, length: 1000 })).toEqual(SMALL.subarray(5));
    const scan = await graph.blobs.open({ entity: "edge", type: "cites", id: "e", property: "scan" });
    expect(scan).toMatchObject({ kind: "managed", size: LARGE.length });
    expect(scan.kind === "managed" && (await streamed(scan.stream()))).toEqual(LARGE);
  });

  it("an export has all content, and loading it gives an equal graph", async () => {
    await using graph = await made(addressOf());
    const text = await textIn(graph.export());
    expect(text).toContain(base64(LARGE));
    await using copy = await Omnigraph.init(addressOf(), { schema: BLOB_SCHEMA });
    await copy.load(text, { mode: "append" });
    expect(await textIn(copy.export())).toBe(text);
    // The same rows once more change nothing.
    const again = await copy.load(text, { mode: "merge" });
    expect((await copy.commits.changes(again.commit.id)).changes).toEqual([]);
  });

  it("a Blob stays through updates of others, folds and commits, and its past stays readable", async () => {
    const uri = addressOf();
    await using graph = await made(uri);
    const [before] = await graph.commits.list({ limit: 1 });
    await graph.mutate(RETITLE, { s: "a", t: "B" });
    const other = bytesOf("other", 70_000);
    await graph.blobs.put(body("a"), [other.subarray(0, 1000), other.subarray(1000)], { actor: "ann" });
    await graph.mutate(RETITLE, { s: "a", t: "C" });
    await graph.maintenance.optimize({ full: true });
    await using fresh = await Omnigraph.open(uri, { readOnly: true });
    expect(await read(fresh, "a")).toEqual(other);
    expect(await read(fresh, "a", { at: before?.id ?? "" })).toEqual(LARGE);
    await graph.blobs.put(body("a"), null);
    expect(await reasonOf(read(graph, "a"))).toBe("blob_not_found");
  });
});
