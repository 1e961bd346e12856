import { hash } from "node:crypto";
import { systemEnvironment } from "@omnigraph/base";
import { type ObjectStore, openBackend } from "@omnigraph/storage";
import { Omnigraph } from "omnigraph";
import { beforeAll, describe, expect, it } from "vitest";
import { backends } from "../support/stores/backends.ts";

const SCHEMA = "node Person { name: String @key }";
const ADD = "query add($n: String) { insert Person { name: $n } }";
const REFS = "__manifest/refs/";
const NAMES = ["cut", "fine", "holed", "newer", "torn", "well"] as const;

const recordOf = (name: string, number = 0): string =>
  `${REFS}${name}@${String(2 ** 30 - 1 - number).padStart(10, "0")}.json`;

/** Keys of the slots of a branch's log, the newest first. */
async function slotsOf(store: ObjectStore, name: string): Promise<readonly string[]> {
  const record = JSON.parse(Buffer.from((await store.get(recordOf(name))) ?? []).toString());
  const logId = String(record.created.incarnation).toLowerCase();
  return (await store.list(`__manifest/log/${logId}`)).map(({ key }) => key);
}

/** A record that needs a feature which this version does not know. */
function needingMore(record: Uint8Array): Uint8Array {
  const json: Record<string, unknown> = JSON.parse(Buffer.from(record).toString());
  const { sha256: _, ...members } = { ...json, needs: { read: ["later"], write: [] } } as typeof json;
  return Buffer.from(JSON.stringify({ ...members, sha256: hash("sha256", JSON.stringify(members), "hex") }));
}

describe.each(backends("damaged-branches"))("branches of a graph in %s", (_where, uriOf) => {
  let uri: string;
  let store: ObjectStore;
  beforeAll(async () => {
    uri = uriOf();
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
    for (const branch of NAMES) {
      await graph.branches.create(branch);
      for (const n of ["a", "b", "c"]) await graph.mutate(ADD, { n: `${branch} ${n}` }, { branch });
    }
    store = (await openBackend(uri, systemEnvironment)).objects;
  });

  it("branches are listed beside a damaged one, one with a hole and foreign files, and the list says what is wrong", async () => {
    const first = (await slotsOf(store, "holed")).at(-1) ?? "";
    const [last = ""] = await slotsOf(store, "torn");
    const head = (await store.get(last)) ?? new Uint8Array();
    const slot = (await store.get(first)) ?? new Uint8Array();
    const record = (await store.get(recordOf("cut"))) ?? new Uint8Array();
    const newer = (await store.get(recordOf("newer"))) ?? new Uint8Array();
    const odd = ["lost@here.json", "high@9999999999.json"];
    const strangers = ["notes.txt", "fine@0000000000.json.bak", ...odd].map((name) => REFS + name);
    await store.delete(first);
    await store.put(recordOf("cut"), record.subarray(0, 40));
    await store.put(recordOf("newer"), needingMore(newer));
    await store.put(last, head.subarray(0, 40));
    for (const key of strangers) await store.put(key, Buffer.from("?"));
    try {
      await using graph = await Omnigraph.open(uri, { readOnly: true });
      const listed = await graph.branches.list();
      expect(listed.filter(({ problem }) => problem === undefined).map(({ name }) => name)).toEqual(
        store.ordered ? ["fine", "holed", "main", "well"] : ["fine", "main", "well"],
      );
      const problems = Object.fromEntries(listed.map(({ name, problem }) => [name, problem]));
      const wrong = listed.filter(({ problem }) => problem !== undefined).map(({ name }) => name);
      expect(wrong.toSorted()).toEqual(
        ["cut", ...odd, ...(store.ordered ? [] : ["holed"]), "newer", "torn"].toSorted(),
      );
      expect(problems["newer"]).toMatchObject({ reason: "format_newer" });
      expect(problems["cut"]).toMatchObject({
        reason: "object_corrupt",
        message: expect.stringContaining(recordOf("cut")),
      });
      expect(problems["lost@here.json"]).toMatchObject({
        reason: "object_corrupt",
        message: expect.stringContaining("remove what does not belong there"),
      });
      expect(problems["torn"]).toMatchObject({
        reason: "log_corrupt",
        message: expect.stringContaining(last),
      });
      if (!store.ordered)
        expect(problems["holed"]).toMatchObject({
          reason: "log_torn",
          message: expect.stringContaining(first),
        });
      for (const branch of ["main", "fine", "well"])
        expect((await graph.commits.list({ branch })).length).toBe(branch === "main" ? 1 : 4);
      await expect(graph.commits.list({ branch: "cut" })).rejects.toMatchObject({ reason: "object_corrupt" });
      await expect(graph.commits.list({ branch: "holed" })).rejects.toMatchObject({ reason: "log_torn" });
    } finally {
      for (const key of strangers) await store.delete(key);
      await store.put(first, slot);
      await store.put(last, head);
      await store.put(recordOf("newer"), newer);
      await store.put(recordOf("cut"), record);
    }
  });

  it("branches are found, and their names are free again, whatever else begins like their records", async () => {
    const strangers = [`${REFS}fine@.json`, `${REFS}fine@0.json`, `${REFS}other@!.json`];
    for (const key of strangers) await store.put(key, Buffer.from("?"));
    const slots = await slotsOf(store, "fine");
    const beside = slots[0]?.replace(/\.\d+\.commit$/, ".000.commit") ?? "";
    await store.put(beside, Buffer.from("?"));
    await using graph = await Omnigraph.open(uri);
    expect((await graph.commits.list({ branch: "fine" })).length).toBe(4);
    await graph.branches.create("other");
    await graph.branches.delete("other");
    for (const key of [...strangers, beside]) await store.delete(key);
  });

  it("a branch is not made again where a record of its name is missing and a later one exists", async () => {
    await using graph = await Omnigraph.open(uri);
    await graph.branches.create("again");
    await graph.branches.delete("again");
    await graph.branches.create("again");
    const first = (await store.get(recordOf("again"))) ?? new Uint8Array();
    await store.delete(recordOf("again"));
    await using other = await Omnigraph.open(uri);
    if (store.ordered) expect((await other.commits.list({ branch: "again" })).length).toBe(1);
    else {
      await expect(other.branches.create("again")).rejects.toMatchObject({
        reason: "object_corrupt",
        details: { place: expect.stringContaining(recordOf("again")) },
      });
    }
    await store.put(recordOf("again"), first);
    await other.branches.delete("again");
  });

  it("no branch is made at the end of a deleted one, and the error names the commit before it", async () => {
    await using graph = await Omnigraph.open(uri);
    await graph.branches.create("gone");
    const { commit } = await graph.mutate(ADD, { n: "gone" }, { branch: "gone" });
    const [last = ""] = await slotsOf(store, "gone");
    await graph.branches.delete("gone");
    const [seal = ""] = await slotsOf(store, "gone");
    expect(seal).not.toBe(last);
    const text = Buffer.from((await store.get(seal)) ?? []).toString("latin1");
    const id = /"id":"([0-9A-Z]{26})"/.exec(text)?.[1] ?? expect.fail("no id");
    for (const made of [
      graph.branches.create("from-end", { from: id }),
      graph.load('{"type":"Person","data":{"name":"x"}}', { mode: "merge", branch: "from-end", from: id }),
    ])
      await expect(made).rejects.toMatchObject({ reason: "commit_sealed", details: { parent: commit?.id } });
    await graph.branches.create("from-end", { from: commit?.id ?? "" });
    expect((await graph.branches.list()).map(({ name }) => name)).toContain("from-end");
    await graph.branches.delete("from-end");
  });
});
