import { OmnigraphError, present, systemEnvironment } from "@omnigraph/base";
import { MemoryObjects, NOTHING, type ObjectStore } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { overridden } from "../../../tests/support/stores/overridden.ts";
import { writeOf } from "../../../tests/support/log/log-writes.ts";
import { REFS_PREFIX } from "./branch/names.ts";
import { Continuity } from "./continuity.ts";
import { decodeFormat, encodeFormat, FORMAT_KEY } from "./format-object.ts";
import { GraphLog } from "./graph-log.ts";
import { RECOVERY_PREFIX } from "./intent/keys.ts";
import { WatchedStore } from "./watched-store.ts";
import type { WriteRequest } from "./writing/request.ts";

// A store that does not notice that its address was replaced, and the moments of one put and the look beside it.

const OPTIONS = { schema: Buffer.from("{}"), actor: null, message: null };
let named = 0;

const write = (): WriteRequest => writeOf("a", { evaluate: () => ({ ...NOTHING, commits: true }) });

async function commits(log: GraphLog, count: number): Promise<void> {
  const writer = log.writer(await log.branch("main"));
  for (let i = 0; i < count; i++) await writer.submit(write());
}

/** A moment that others wait for. */
class Moment {
  reached = (): void => undefined;
  readonly comes = new Promise<void>((done) => (this.reached = done));
}

/** A graph of two commits, open through a store whose calls a test takes over, and another graph that can be put in its place. */
async function begin(
  own: number,
  calls: (store: ObjectStore, replace: () => Promise<void>) => Partial<ObjectStore>,
) {
  const store = new MemoryObjects(`continuity ${named++}`);
  const other = new MemoryObjects(`continuity ${named++}`);
  await commits(await GraphLog.init(store, systemEnvironment, OPTIONS), 2);
  await commits(await GraphLog.init(other, systemEnvironment, OPTIONS), own);
  const replace = async (): Promise<void> => {
    await store.deletePrefix("");
    for (const { key } of await other.list(""))
      await store.put(key, (await other.get(key)) ?? new Uint8Array());
  };
  const log = await GraphLog.open(overridden(store, calls(store, replace)), systemEnvironment, {
    readOnly: false,
  });
  await (await log.branch("main")).head();
  const keys = async (of: ObjectStore): Promise<string[]> => (await of.list("")).map(({ key }) => key);
  return {
    log,
    store,
    replace,
    isUntouched: async () => expect(await keys(store)).toEqual(await keys(other)),
  };
}

test.each([0, 1, 2, 3])(
  "a commit that was put into another graph of %i commits is removed, and not acknowledged",
  async (own) => {
    let armed = false;
    const put = new Moment();
    const { log, isUntouched } = await begin(own, (store, replace) => ({
      putIfAbsent: async (key, bytes) => {
        if (armed) await replace();
        const outcome = await store.putIfAbsent(key, bytes);
        if (armed) put.reached();
        return outcome;
      },
      range: async (...asked) => {
        if (armed) await put.comes; // the look comes after the put
        return store.range(...asked);
      },
    }));
    armed = true;
    await expect(commits(log, 1)).rejects.toMatchObject({ reason: "graph_replaced" });
    armed = false;
    await isUntouched();
  },
);

test.each([0, 1, 2])(
  "an older copy of the graph that got %i other commits since is another graph, to readers and to writers",
  async (others) => {
    const { log, store } = await begin(0, () => ({}));
    const copy = new Map<string, Uint8Array>();
    for (const { key } of await store.list("")) copy.set(key, (await store.get(key)) ?? new Uint8Array());
    await commits(log, 1);
    await store.deletePrefix("");
    for (const [key, bytes] of copy) await store.put(key, bytes);
    await commits(await GraphLog.open(store, systemEnvironment, { readOnly: false }), others);
    const keys = (await store.list("")).map(({ key }) => key);
    const main = await log.branch("main");
    await expect(main.head()).rejects.toMatchObject({ reason: "graph_replaced" });
    await expect(commits(log, 1)).rejects.toMatchObject({ reason: "graph_replaced" });
    expect((await store.list("")).map(({ key }) => key)).toEqual(keys);
  },
);

test("a commit that cannot be taken back from another graph is not acknowledged either", async () => {
  let armed = false;
  const { log } = await begin(1, (store, replace) => ({
    putIfAbsent: async (key, bytes) => {
      if (armed) await replace();
      return store.putIfAbsent(key, bytes);
    },
    range: async (...asked) => {
      await new Promise((done) => setTimeout(done, 5)); // the look comes after the put
      return store.range(...asked);
    },
    delete: () => Promise.reject(new OmnigraphError("store_transient", "no answer")),
  }));
  armed = true;
  await expect(commits(log, 1)).rejects.toMatchObject({ reason: "graph_replaced" });
});

test.each(["graph", "nonce"] as const)("a format.json of another %s is of another graph", async (member) => {
  const { store } = await begin(0, () => ({}));
  const format = decodeFormat(present(await store.get(FORMAT_KEY), "format"), "write", store.uri);
  const reader = { access: "write", store: store.uri, graph: format.graph } as const;
  const continuity = new Continuity(store, format, reader);
  await continuity.ofGraph();
  await store.put(FORMAT_KEY, encodeFormat({ ...format, [member]: "01M84AR2A00000000000000001" }));
  await expect(continuity.ofGraph()).rejects.toMatchObject({ reason: "graph_replaced" });
  await expect(continuity.ofHead(null)).rejects.toMatchObject({ reason: "graph_replaced" });
});

test("a put without an answer into another graph is removed, and not acknowledged", async () => {
  let armed = false;
  const landed = new Moment();
  const { log, isUntouched } = await begin(2, (store, replace) => ({
    putIfAbsent: async (key, bytes) => {
      if (!armed) return store.putIfAbsent(key, bytes);
      armed = false;
      const land = (): Promise<unknown> => replace().then(() => store.putIfAbsent(key, bytes));
      setTimeout(() => void land().then(landed.reached), 1);
      return "unknown";
    },
  }));
  armed = true;
  await expect(commits(log, 1)).rejects.toMatchObject({
    reason: expect.stringMatching(/^(outcome_unknown|graph_replaced)$/),
  });
  await landed.comes;
  await expect(commits(log, 1)).rejects.toMatchObject({ reason: "graph_replaced" });
  await isUntouched();
});

test.each([1, 2])(
  "a put that had no answer %i times before the graph was replaced may be in it: its outcome is unknown",
  async (times) => {
    let left = 0;
    let replaceAll: () => Promise<void> = async () => {};
    const { log } = await begin(2, (store, replace) => {
      replaceAll = replace;
      return {
        putIfAbsent: async (key, bytes) => (left > 0 ? "unknown" : store.putIfAbsent(key, bytes)),
        get: async (key, signal) => {
          // The look at the slot after a put without an answer.
          if (left > 0 && key.endsWith(".commit") && --left === 0) await replaceAll();
          return store.get(key, signal);
        },
        range: async (...asked) => {
          await new Promise((done) => setTimeout(done, 5)); // the look beside comes last
          return store.range(...asked);
        },
      };
    });
    left = times;
    await expect(commits(log, 1)).rejects.toMatchObject({ reason: "outcome_unknown" });
  },
);

test("no object of another graph is replaced", async () => {
  const { store: plain, replace } = await begin(2, () => ({}));
  const format = decodeFormat(present(await plain.get(FORMAT_KEY), "format"), "write", plain.uri);
  const reader = { access: "write", store: plain.uri, graph: format.graph } as const;
  const store = new WatchedStore(plain, new Continuity(plain, format, reader));
  await store.put("__manifest/digests/x", Uint8Array.of(1));
  await replace();
  await expect(store.put("__manifest/digests/x", Uint8Array.of(2))).rejects.toMatchObject({
    reason: "graph_replaced",
  });
  await expect(store.putIfMatch("__manifest/digests/x", Uint8Array.of(2), null)).rejects.toMatchObject({
    reason: "graph_replaced",
  });
  expect(await store.get("__manifest/digests/x")).toBeNull();
});

test.each([
  ["a branch record", `${REFS_PREFIX}draft@1073741823.json`, "gone"],
  ["an intent", `${RECOVERY_PREFIX}01M84AR2A00000000000000001.json`, "gone"],
  ["what is named by its content", "__manifest/schemas/x.json", "there"],
  ["a digest", "__manifest/digests/x", "there"],
] as const)(
  "%s that was put into another graph is taken back only if it names its graph",
  async (_, key, left) => {
    const { store: plain, replace } = await begin(2, () => ({}));
    const format = decodeFormat(present(await plain.get(FORMAT_KEY), "format"), "write", plain.uri);
    const reader = { access: "write", store: plain.uri, graph: format.graph } as const;
    // The check comes after the put, and fails if it is told to.
    let failure: OmnigraphError | null = null;
    const put = new Moment();
    const slow = overridden(plain, {
      putIfAbsent: async (key, bytes) => {
        const outcome = await plain.putIfAbsent(key, bytes);
        put.reached();
        return outcome;
      },
      get: async (...asked) => {
        await put.comes;
        if (failure !== null) throw failure;
        return plain.get(...asked);
      },
    });
    const store = new WatchedStore(slow, new Continuity(slow, format, reader));
    failure = new OmnigraphError("store_transient", "no answer");
    expect(await store.putIfAbsent("__manifest/other", Uint8Array.of(1))).toBe("unknown");
    failure = null;
    await replace();
    const bytes = Uint8Array.of(1, 2);
    await expect(store.putIfAbsent(key, bytes)).rejects.toMatchObject({ reason: "graph_replaced" });
    expect(await plain.get(key)).toEqual(left === "gone" ? null : bytes);
  },
);

test("a failed check proves nothing against a put: the commit is there, once", async () => {
  let failures = 0;
  const { log, store } = await begin(0, (inner) => ({
    range: async (...asked) => {
      if (failures-- > 0) throw new OmnigraphError("store_transient", "no answer");
      return inner.range(...asked);
    },
  }));
  failures = 3;
  await commits(log, 1);
  const fresh = await GraphLog.open(store, systemEnvironment, { readOnly: true });
  expect((await fresh.head("main")).header.depth).toBe(4);
});

test("a branch record that was put into another graph is removed", async () => {
  let armed = false;
  const put = new Moment();
  const { log, isUntouched } = await begin(1, (store, replace) => ({
    putIfAbsent: async (key, bytes) => {
      const isRecord = key.includes("/refs/");
      armed ||= isRecord;
      if (isRecord) await replace();
      const outcome = await store.putIfAbsent(key, bytes);
      if (isRecord) put.reached();
      return outcome;
    },
    get: async (key, signal) => {
      if (armed && key === FORMAT_KEY) await put.comes;
      return store.get(key, signal);
    },
  }));
  const head = await (await log.branch("main")).head();
  await expect(log.createBranch("more", head, null)).rejects.toMatchObject({ reason: "graph_replaced" });
  await isUntouched();
});

test("an object that arrives after the check is reported by its readers, with its place", async () => {
  let armed = false;
  const looked = new Moment();
  const { log, store } = await begin(2, (inner, replace) => ({
    putIfAbsent: async (key, bytes) => {
      if (!armed) return inner.putIfAbsent(key, bytes);
      await looked.comes;
      await replace();
      return inner.putIfAbsent(key, bytes);
    },
    range: async (...asked) => {
      const answer = await inner.range(...asked);
      if (armed) looked.reached();
      return answer;
    },
  }));
  armed = true;
  await commits(log, 1);
  const fresh = await GraphLog.open(store, systemEnvironment, { readOnly: false });
  await expect(fresh.branch("main").then((main) => main.head())).rejects.toMatchObject({
    reason: "graph_replaced",
    details: { place: expect.stringContaining(".commit") },
  });
});
