import { createHash } from "node:crypto";
import { isError, type JsonObject, systemEnvironment } from "@omnigraph/base";
import { GraphLog, MAIN_LOG_ID } from "@omnigraph/log";
import { decodeContainer, encodeContainer, openBackend } from "@omnigraph/storage";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { blockKey } from "../../packages/log/src/digest/blocks.ts";
import { patient, standsStill } from "../support/graphs/interrupted.ts";
import { rowsOf } from "../support/graphs/recorded-graph.mjs";
import { backends } from "../support/stores/backends.ts";

const SCHEMA = "node Item { slug: String @key }";
const insert = (graph: Omnigraph, slug: string, branch = "main"): Promise<unknown> =>
  graph.mutate(`query q() { insert Item { slug: "${slug}" } }`, {}, { branch });

interface Needs {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

const LATER: Needs = { read: ["time_machine"], write: [] };

/** The same object with other needs, as sound as before. An intent has no checksum. */
function needing(bytes: Uint8Array, needs: Needs): Uint8Array {
  const magic = Buffer.from(bytes.subarray(0, 4)).toString("latin1");
  if (!magic.startsWith("{")) {
    const { header, segments } = decodeContainer(magic, bytes, "here");
    return encodeContainer(magic, { ...header, needs: json(needs) }, segments);
  }
  const { sha256: sum, ...members } = JSON.parse(Buffer.from(bytes).toString());
  const text = JSON.stringify({ ...members, needs });
  if (sum === undefined) return Buffer.from(text);
  const sha256 = createHash("sha256").update(text).digest("hex");
  return Buffer.from(`${text.slice(0, -1)},"sha256":"${sha256}"}`);
}

function json({ read, write }: Needs): JsonObject {
  return { read: [...read], write: [...write] };
}

/** What a call comes to: `done`, or what it was refused with. */
async function outcome(
  uri: string,
  readOnly: boolean,
  use: (graph: Omnigraph) => Promise<unknown>,
): Promise<unknown> {
  try {
    await using graph = await Omnigraph.open(uri, { readOnly });
    await use(graph);
    return "done";
  } catch (thrown) {
    if (!isError(thrown, "format_newer")) throw thrown;
    return { place: thrown.details.place, features: thrown.details.features, message: thrown.message };
  }
}

/** Every kind of object that says what it needs, by a key that ends so, and calls that read it. */
const OBJECTS: readonly (readonly [string, RegExp, (graph: Omnigraph) => Promise<unknown>])[] = [
  ["format.json", /format\.json$/, (graph) => graph.commits.list()],
  ["the newest commit of a log", /000000000\.1073741822\.commit$/, (graph) => rowsOf(graph, {})],
  // An empty branch stands for the commit that it was made of.
  ["an earlier commit", /000000000\.1073741823\.commit$/, (graph) => rowsOf(graph, { branch: "draft" })],
  ["the record of a branch", /refs\/draft@1073741823\.json$/, (graph) => rowsOf(graph, { branch: "draft" })],
  [
    "the record of a deleted branch",
    /refs\/gone@1073741822\.json$/,
    (graph) =>
      rowsOf(graph, { branch: "gone" }).catch((thrown: unknown) => ignore(thrown, "branch_not_found")),
  ],
];

function ignore(thrown: unknown, reason: "branch_not_found"): void {
  if (!isError(thrown, reason)) throw thrown;
}

describe.each(backends("newer"))("a graph in %s with an object of a later version", (_, nextUri) => {
  it.each(OBJECTS)(
    "%s refuses readers or only writers as it says, with its place and a remedy, and leaves all as it is",
    async (_name, key, read) => {
      const uri = nextUri();
      {
        await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
        await graph.branches.create("draft");
        await graph.branches.create("gone");
        await graph.branches.delete("gone");
        await insert(graph, "a");
      }
      const { objects } = await openBackend(uri, systemEnvironment);
      const keys = (await objects.list("__manifest/"))
        .map((each) => each.key)
        .filter((each) => key.test(each));
      expect(keys).toHaveLength(1);
      const place = keys[0] ?? "";
      const sound = (await objects.get(place)) ?? new Uint8Array();
      const refusal = (features: readonly string[], remedy: string): object => ({
        place: expect.stringContaining(place.slice(place.lastIndexOf("/") + 1)),
        features,
        message: expect.stringContaining(remedy),
      });

      await objects.put(place, needing(sound, { read: [], write: ["careful_ink"] }));
      const reader = await outcome(uri, true, read);
      const writer = await outcome(uri, false, read);
      expect(reader).toBe("done");
      expect(writer).toEqual(
        refusal(["careful_ink"], "upgrade omnigraph, or open the graph for reading only"),
      );

      await objects.put(place, needing(sound, { read: ["time_machine"], write: [] }));
      for (const readOnly of [true, false])
        expect(await outcome(uri, readOnly, read)).toEqual(refusal(["time_machine"], "upgrade omnigraph"));

      await objects.put(place, sound);
      expect(await outcome(uri, false, (graph) => insert(graph, "b"))).toBe("done");
      await objects.close();
    },
  );

  it("an intent is kept and told, settled by nobody, and in nobody's way", async () => {
    const uri = nextUri();
    await (await Omnigraph.init(uri, { schema: SCHEMA })).close();
    const parts = await openBackend(uri, systemEnvironment, {
      writable: true,
      s3: { variables: process.env },
    });
    await standsStill(parts, (graph) => insert(graph, "staged"), "staged");
    const { objects } = parts;
    const isIntent = (key: string): boolean => /^__recovery\/[0-9A-Z]{26}\.json$/.test(key);
    const { key = "" } = (await objects.list("__recovery/")).find((each) => isIntent(each.key)) ?? {};
    const sound = (await objects.get(key)) ?? expect.fail("no intent");
    await objects.put(key, needing(sound, LATER));

    const environment = patient();
    await using graph = await Omnigraph.openWith({ ...parts, environment });
    const kept = (await objects.list("__recovery/")).map((each) => each.key);
    expect(await graph.recovery.settle()).toEqual([]);
    await insert(graph, "b");
    expect(await rowsOf(graph, {})).toHaveLength(1);
    const [entry] = await graph.recovery.list();
    expect(entry).toMatchObject({
      state: "unreadable",
      problem: expect.stringMatching(
        /json needs what this version does not know: time_machine; upgrade omnigraph$/,
      ),
    });
    await expect(graph.recovery.discard(entry?.id ?? "")).rejects.toMatchObject({
      reason: "recovery_not_confirmed",
    });
    const { findings } = await graph.maintenance.fsck();
    expect(findings.find(({ place }) => place === key)).toMatchObject({ class: "intent_damaged" });
    expect((await objects.list("__recovery/")).map((each) => each.key)).toEqual(kept);

    // Whoever knows the feature settles it: here it is as if it had been upgraded.
    await objects.put(key, sound);
    expect(await graph.recovery.settle()).toMatchObject([{ outcome: "published" }]);
    expect(await rowsOf(graph, {})).toHaveLength(2);
  });

  it.each([
    ["format.json", /format\.json$/],
    ["a commit", /000000000\.1073741822\.commit$/],
    ["the record of a branch", /refs\/draft@1073741823\.json$/],
  ])(
    "a backup with %s of a later version is restored nowhere and told by fsck, and neither read nor written by a backup",
    async (_name, key) => {
      const uri = nextUri();
      const to = nextUri();
      await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
      await graph.branches.create("draft");
      await insert(graph, "a");
      await graph.maintenance.backup(to);
      const { objects } = await openBackend(to, systemEnvironment, { writable: true });
      const place = (await objects.list("__manifest/")).find((each) => key.test(each.key))?.key ?? "";
      const later = needing((await objects.get(place)) ?? expect.fail("no object"), LATER);
      await objects.put(place, later);

      const name = place.slice(place.lastIndexOf("/") + 1);
      const refused = {
        reason: "format_newer",
        message: expect.stringContaining("time_machine; upgrade omnigraph"),
        details: { place: expect.stringContaining(name), features: ["time_machine"] },
      };
      const restored = nextUri();
      await expect(Omnigraph.restore(to, restored)).rejects.toMatchObject(refused);
      await expect(Omnigraph.open(restored)).rejects.toMatchObject({ reason: "graph_not_found" });
      const { findings } = await Omnigraph.fsck(to);
      expect(findings.find((found) => found.place === place)).toMatchObject({
        class: "format_newer",
        advice: expect.stringContaining("upgrade omnigraph"),
      });
      // A backup that is carried on never replaces what is there.
      await insert(graph, "b");
      await graph.maintenance.backup(to).then(
        () => undefined,
        (cause: unknown) =>
          expect(cause).toMatchObject({ reason: expect.stringMatching(/^(?:format_newer|backup_differs)$/) }),
      );
      expect(Buffer.compare((await objects.get(place)) ?? later, later)).toBe(0);
      await objects.close();
    },
  );

  it("what cleanup has noted refuses cleanups and starts from the past, and no reads", async () => {
    const uri = nextUri();
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA, maintenance: "off" });
    for (const slug of ["a", "b", "c"]) await insert(graph, slug);
    const past = (await graph.commits.show("main~1")).id;
    await graph.maintenance.optimize({ full: true });
    await insert(graph, "d");
    await graph.maintenance.cleanup({ keep: 1, confirm: true, graceMs: 0 });
    const { objects } = await openBackend(uri, systemEnvironment, { writable: true });
    const { key: place = "" } =
      (await objects.list("__manifest/horizon/")).find(({ key }) => key.endsWith(".json")) ?? {};
    await objects.put(place, needing((await objects.get(place)) ?? expect.fail("no horizon"), LATER));
    await using later = await Omnigraph.open(uri);
    const refused = { reason: "format_newer", details: { features: ["time_machine"] } };
    await expect(later.maintenance.cleanup({ keep: 1, confirm: true, graceMs: 0 })).rejects.toMatchObject(
      refused,
    );
    await expect(later.branches.create("old", { from: past })).rejects.toMatchObject(refused);
    expect(await rowsOf(later, {})).toHaveLength(4);
    await insert(later, "e");
    await objects.close();
  });

  it("a digest is not used, and what it copies is read from its slots", async () => {
    const uri = nextUri();
    {
      await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
      for (let i = 1; i < 66; i++) await insert(graph, `i${i}`);
    }
    const { objects } = await openBackend(uri, systemEnvironment);
    const key = blockKey(MAIN_LOG_ID, 0);
    const digest = (await objects.get(key)) ?? expect.fail("no digest");
    await objects.put(key, needing(digest, { read: ["time_machine"], write: [] }));
    await using graph = await Omnigraph.open(uri);
    expect(await graph.commits.list()).toHaveLength(66);
    await insert(graph, "more");
    expect(await rowsOf(graph, {})).toHaveLength(66);
    await objects.close();
  });

  it("a schema of a later format is refused with its place and a remedy", async () => {
    const uri = nextUri();
    const { objects } = await openBackend(uri, systemEnvironment, { writable: true });
    const log = await GraphLog.init(objects, systemEnvironment, {
      schema: Buffer.from('{"format":99}'),
      actor: null,
      message: null,
    });
    const hash = (await log.head("main")).header.schema;
    expect(await outcome(uri, true, (graph) => graph.schema.show())).toEqual({
      place: expect.stringContaining(hash),
      features: undefined,
      message: expect.stringMatching(/format 99.*up to 2; upgrade omnigraph/),
    });
    await log.close();
    await objects.close();
  });
});
