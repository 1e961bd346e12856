import type { ObjectStore } from "@omnigraph/storage";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bytesOf, textOf } from "./bytes.ts";

/** One empty space of objects, and as many independent clients of it as a test wants. */
export interface ObjectSpace {
  open(): Promise<ObjectStore>;
  close(): Promise<void>;
}

const byBytes = (left: string, right: string): number => Buffer.from(left).compare(Buffer.from(right));

/** Names that file systems, URLs and XML like to change. */
export const ODD_NAMES = [
  "a b",
  " leading",
  "trailing ",
  "trailing.",
  ".hidden",
  "..double",
  "...",
  "100%",
  "%41",
  "%2e",
  "a%2Fb",
  "person",
  "Person",
  "PERSON",
  "con",
  "nul.json",
  "COM1",
  "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  "01arz3ndektsv4rrffq69g5fav",
  "01ARZ3NDEKTSV4RRFFQ69G5FAv.staged.json",
  "01ARZ3NDEKTSV4RRFFQ69G5FAV.staged.json",
  "straße",
  "café",
  "cafe\u0301",
  "日本語",
  "🐘",
  "\uff5e beside 🐘 in the order of units",
  "a+b&c<d>e\"f'g",
  "semi;colon:pipe|star*question?back\\slash",
  "~tilde",
  "#hash",
  `${"x".repeat(239)}.tail`,
  "é".repeat(150),
  "-dash",
] as const;

/** What every store promises, run on one of them. `isFit`: which names it takes. */
export function describeObjectStore(
  name: string,
  begin: () => Promise<ObjectSpace>,
  isFit: (name: string) => boolean = () => true,
): void {
  const oddNames = ODD_NAMES.filter(isFit);
  describe(name, () => {
    let space: ObjectSpace;
    let store: ObjectStore;
    beforeEach(async () => {
      space = await begin();
      store = await space.open();
    });
    afterEach(async () => {
      await store.close();
      await space.close();
    });
    const read = async (key: string): Promise<string | null> => textOf(await store.get(key));
    const keys = async (...args: Parameters<ObjectStore["list"]>): Promise<string[]> =>
      (await store.list(...args)).map(({ key }) => key);

    it("a space that nobody has written answers absence", async () => {
      expect(await store.get("a/b")).toBeNull();
      expect(await store.range("a/b", 0, 5)).toBeNull();
      expect(await store.range("a/b", -5, 5)).toBeNull();
      expect(await store.range("a/b", 0, 0)).toBeNull();
      expect(await store.getVersioned("a/b")).toBeNull();
      expect(await store.exists("a/b")).toBe(false);
      expect(await store.list("")).toEqual([]);
      await store.delete("a/b");
      await store.deletePrefix("a/");
      await store.sync(["a/b"]);
    });

    it("an object is created, replaced and read back", async () => {
      await store.put("log/0/one", bytesOf("first"));
      expect(await read("log/0/one")).toBe("first");
      await store.put("log/0/one", bytesOf("second, longer"));
      expect(await read("log/0/one")).toBe("second, longer");
      await store.put("log/0/one", [bytesOf("in "), bytesOf(""), bytesOf("parts")]);
      expect(await read("log/0/one")).toBe("in parts");
      await store.put("log/0/one", []);
      expect(await read("log/0/one")).toBe("");
      await store.put("log/0/one", new Uint8Array(0));
      expect(await store.get("log/0/one")).toEqual(new Uint8Array(0));
      expect(await store.exists("log/0/one")).toBe(true);
      expect(await read("log/0")).toBeNull();
      expect(await store.exists("log/0")).toBe(false);
      expect(await read("log/0/one/two")).toBeNull();
    });

    it("a store keeps no hold of the caller's bytes, nor gives its own away", async () => {
      const given = bytesOf("given");
      await store.put("k", given);
      given.fill(0);
      const taken = await store.get("k");
      taken?.fill(1);
      expect(await read("k")).toBe("given");
    });

    it("ranges are cut at the ends of the object", async () => {
      await store.put("k", bytesOf("0123456789"));
      await store.put("empty", new Uint8Array(0));
      const range = async (from: number, length: number): Promise<string | null> =>
        textOf(await store.range("k", from, length));
      const { rangeNow } = store;
      const now = (from: number, length: number): string | null =>
        textOf(rangeNow?.call(store, "k", from, length) ?? null);
      if (rangeNow !== undefined) expect([now(0, 3), now(7, 100), now(10, 5)]).toEqual(["012", "789", ""]);
      expect(rangeNow?.call(store, "nothing", 0, 1) ?? null).toBeNull();
      expect(await range(0, 3)).toBe("012");
      expect(await range(7, 100)).toBe("789");
      expect(await range(10, 5)).toBe("");
      expect(await range(100, 5)).toBe("");
      expect(await range(4, 0)).toBe("");
      expect(await range(-3, 3)).toBe("789");
      expect(await range(-3, 2)).toBe("78");
      expect(await range(-3, 100)).toBe("789");
      expect(await range(-100, 4)).toBe("0123");
      expect(textOf(await store.range("empty", 0, 5))).toBe("");
      expect(textOf(await store.range("empty", -5, 5))).toBe("");
    });

    it("a put-if-absent never replaces", async () => {
      expect(await store.putIfAbsent("a/k", bytesOf("first"))).toBe("stored");
      expect(await store.putIfAbsent("a/k", bytesOf("second"))).toBe("exists");
      expect(await store.putIfAbsent("a/k", bytesOf("third"), "relaxed")).toBe("exists");
      expect(await read("a/k")).toBe("first");
      expect(await store.putIfAbsent("a/relaxed", bytesOf("r"), "relaxed")).toBe("stored");
      expect(await read("a/relaxed")).toBe("r");
      await store.delete("a/k");
      expect(await store.putIfAbsent("a/k", bytesOf("second"))).toBe("stored");
    });

    it("exactly one of many claimants wins each key", async () => {
      const clients = await Promise.all(Array.from({ length: 4 }, () => space.open()));
      for (let slot = 0; slot < 20; slot++) {
        const key = `log/${slot}`;
        const claims = clients.flatMap((client, i) => [`${i}a`, `${i}b`].map((who) => ({ client, who })));
        const outcomes = await Promise.all(
          claims.map(({ client, who }) => client.putIfAbsent(key, bytesOf(who))),
        );
        const winners = claims.filter((_, i) => outcomes[i] === "stored");
        expect(outcomes.filter((outcome) => outcome === "unknown")).toEqual([]);
        expect(winners).toHaveLength(1);
        expect(await read(key)).toBe(winners[0]?.who);
      }
      await Promise.all(clients.map((client) => client.close()));
    });

    it("a version is replaced only while it is the newest", async () => {
      expect(await store.putIfMatch("k", bytesOf("x"), "no such version")).toBeNull();
      const first = await store.putIfMatch("k", bytesOf("one"), null);
      expect(first).not.toBeNull();
      expect(await store.putIfMatch("k", bytesOf("x"), null)).toBeNull();
      expect((await store.getVersioned("k"))?.version).toBe(first);
      const second = await store.putIfMatch("k", bytesOf("two"), first);
      expect(second).not.toBeNull();
      expect(await store.putIfMatch("k", bytesOf("x"), first)).toBeNull();
      expect(await read("k")).toBe("two");
    });

    it("no update of racing replacements is lost", async () => {
      const clients = await Promise.all(Array.from({ length: 3 }, () => space.open()));
      const count = async (client: ObjectStore): Promise<void> => {
        for (let done = 0; done < 5;) {
          const now = await client.getVersioned("counter");
          const next = bytesOf(String(Number(textOf(now?.bytes ?? null) ?? "0") + 1));
          if ((await client.putIfMatch("counter", next, now?.version ?? null)) !== null) done++;
        }
      };
      await Promise.all(clients.map(count));
      expect(await read("counter")).toBe("15");
      await Promise.all(clients.map((client) => client.close()));
    });

    it("names that file systems change are kept as they are", async () => {
      const names = [...oddNames, ...oddNames.map((part) => `folder ${part}/Deep/${part}`)];
      for (const key of names) expect(await store.putIfAbsent(key, bytesOf(key))).toBe("stored");
      for (const key of names) expect(await read(key)).toBe(key);
      expect(await keys("")).toEqual(names.toSorted(byBytes));
      for (const key of oddNames) expect(await keys(`folder ${key}/`)).toEqual([`folder ${key}/Deep/${key}`]);
      for (const key of names) await store.delete(key);
      expect(await keys("")).toEqual([]);
    });

    it("a list is by prefix, from a key, limited, in order of bytes", async () => {
      const names = ["a/1", "a/2", "a/b/1", "a/b/2", "a-b", "a.b", "ab/x", "b", "a/b.c", "a/b-c/z"];
      for (const key of names) await store.put(key, bytesOf(key));
      const sorted = names.toSorted(byBytes);
      expect(await keys("")).toEqual(sorted);
      expect(await keys("a/")).toEqual(["a/1", "a/2", "a/b-c/z", "a/b.c", "a/b/1", "a/b/2"]);
      expect(await keys("a/b")).toEqual(["a/b-c/z", "a/b.c", "a/b/1", "a/b/2"]);
      expect(await keys("a/b/")).toEqual(["a/b/1", "a/b/2"]);
      expect(await keys("nothing/")).toEqual([]);
      expect(await keys("", { limit: 0 })).toEqual([]);
      for (const prefix of ["", "a", "a/", "a/b"]) {
        for (const after of ["", ...sorted, "a/b", "a/zzz", "~"]) {
          for (const limit of [1, 2, 100]) {
            const expected = sorted.filter((key) => key.startsWith(prefix) && byBytes(key, after) > 0);
            expect(await keys(prefix, after === "" ? { limit } : { after, limit })).toEqual(
              expected.slice(0, limit),
            );
          }
        }
      }
      const [info] = await store.list("ab/x");
      expect(info?.size).toBe(4);
      expect(info?.modifiedMs).toBeGreaterThan(1.7e12);
    });

    it("a list may be longer than a page", async () => {
      const names = Array.from({ length: 250 }, (_, i) => `many/${String(i).padStart(5, "0")}`);
      for (let from = 0; from < names.length; from += 50) {
        const some = names.slice(from, from + 50);
        await Promise.all(some.map((key) => store.put(key, bytesOf("x"), "relaxed")));
      }
      expect(await keys("many/")).toEqual(names);
      expect(await keys("many/", { after: "many/00100", limit: 3 })).toEqual(names.slice(101, 104));
      expect(await keys("many/", { limit: 220 })).toEqual(names.slice(0, 220));
      await store.deletePrefix("many/");
      expect(await keys("")).toEqual([]);
    });

    it("a prefix is removed and nothing beside it", async () => {
      for (const key of ["t/1/a", "t/1/b/c", "t/10/a", "t2", "u"]) await store.put(key, bytesOf(key));
      await store.deletePrefix("t/1/");
      expect(await keys("")).toEqual(["t/10/a", "t2", "u"]);
      await store.deletePrefix("t");
      expect(await keys("")).toEqual(["u"]);
      await store.put("t/1/a", bytesOf("again"));
      expect(await read("t/1/a")).toBe("again");
      await store.delete("t/1/a");
      expect(await keys("t")).toEqual([]);
    });

    it("a large object is shown whole or not at all", async () => {
      const size = 24 << 20;
      const old = new Uint8Array(size).fill(1);
      const next = new Uint8Array(size + 1).fill(2);
      const reader = await space.open();
      let writing = true;
      const seen = new Set<string>();
      const poll = async (): Promise<void> => {
        while (writing) {
          const bytes = await reader.get("large");
          seen.add(bytes === null ? "none" : `${bytes.length}:${bytes[0]}:${bytes.at(-1)}`);
          const tail = await reader.range("large", -1, 1);
          if (tail !== null) expect([1, 2]).toContain(tail[0]);
          await new Promise(setImmediate);
        }
      };
      const polling = poll();
      expect(await store.putIfAbsent("large", old)).toBe("stored");
      await store.put("large", [next.subarray(0, 5), next.subarray(5)]);
      writing = false;
      await polling;
      const sound = ["none", `${old.length}:1:1`, `${next.length}:2:2`];
      expect([...seen].filter((what) => !sound.includes(what))).toEqual([]);
      expect((await reader.get("large"))?.every((byte) => byte === 2)).toBe(true);
      await reader.close();
    });

    it("an abort signal stops a read", async () => {
      await store.put("k", bytesOf("x"));
      const reason = new Error("enough");
      await expect(store.get("k", AbortSignal.abort(reason))).rejects.toBe(reason);
      await expect(store.range("k", 0, 1, AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    it("keys that are none are refused", async () => {
      for (const key of ["", "/a", "a/", "a//b", ".", "a/../b", "a/.", "\ud800"]) {
        await expect(store.get(key)).rejects.toMatchObject({ reason: "internal" });
        await expect(store.put(key, bytesOf("x"))).rejects.toMatchObject({ reason: "internal" });
        await expect(store.putIfAbsent(key, bytesOf("x"))).rejects.toMatchObject({ reason: "internal" });
      }
      expect(await keys("")).toEqual([]);
    });

    it("a store behaves like a sorted map under random operations", async () => {
      const part = fc.constantFrom(...["a", "A", "b.c", "é", "ab"].filter(isFit));
      const key = fc.tuple(part, part).map(([folder, file]) => `${folder}/${file}.o`);
      const step = fc.record({ what: fc.constantFrom("put", "absent", "delete", "drop"), key });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const model = new Map<string, string>();
          let serial = 0;
          for (const { what, key: at } of steps) {
            const text = `${at} ${serial++}`;
            const folder = at.slice(0, at.indexOf("/") + 1);
            if (what === "put") await store.put(at, bytesOf(text), "relaxed");
            if (what === "absent") {
              const outcome = await store.putIfAbsent(at, bytesOf(text), "relaxed");
              expect(outcome).toBe(model.has(at) ? "exists" : "stored");
            }
            if (what === "put" || (what === "absent" && !model.has(at))) model.set(at, text);
            if (what === "delete") {
              await store.delete(at);
              model.delete(at);
            }
            if (what === "drop") {
              await store.deletePrefix(folder);
              for (const kept of model.keys()) if (kept.startsWith(folder)) model.delete(kept);
            }
          }
          expect(await keys("")).toEqual([...model.keys()].toSorted(byBytes));
          for (const [at, text] of model) expect(await read(at)).toBe(text);
          for (const at of model.keys()) await store.delete(at);
        }),
        { numRuns: 30 },
      );
    });
  });
}
