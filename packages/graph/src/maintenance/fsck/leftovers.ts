import { type FoundIntent, listed, readIntents } from "@omnigraph/log";
import type { ObjectStore } from "@omnigraph/storage";
import { counted } from "@omnigraph/base";
import type { FindingClass } from "@omnigraph/wire";

/** A thing that nobody names; it harms nobody. */
export interface Leftover {
  readonly class: FindingClass;
  readonly place: string;
  readonly problem: string;
}

const TABLE = /^tables\/([0-9A-Z]{26})\/([0-9A-Z]{26})\.(?:lance\/.+|cols|gone|rows|tokens|blobs|blob)$/;
const RECOVERY = "__recovery/";
const FOREIGN = 100;
/** Where the objects of a graph are; all that lies beside them is foreign. */
const KNOWN = [
  "__manifest/clock.json",
  "__manifest/digests/",
  "__manifest/format.json",
  "__manifest/horizon/",
  "__manifest/layouts/",
  "__manifest/log/",
  "__manifest/pins/",
  "__manifest/refs/",
  "__manifest/schemas/",
  "__recovery/",
  "tables/",
];
/** Comes after every key that begins with what is before it. */
const LAST = "\u{10ffff}";

/** The tables and intents of a graph, as they were listed: tables first, so that a write that is going on has its intent in the list. */
export class Leftovers {
  /** By staging id the types of its tables, and its bytes. */
  readonly #staged = new Map<string, { readonly types: Set<string>; bytes: number }>();
  #intents: readonly FoundIntent[] = [];
  readonly #unknown: string[] = [];
  readonly #store: ObjectStore;

  private constructor(store: ObjectStore) {
    this.#store = store;
  }

  static async list(store: ObjectStore): Promise<Leftovers> {
    const found = new Leftovers(store);
    for await (const { key, size } of listed(store, "tables/")) found.#table(key, size);
    found.#intents = await readIntents(store);
    return found;
  }

  /** What nobody names, once all logs were read. */
  async *unnamed(
    isNamed: (table: { readonly staging: string; readonly type: string }) => boolean,
  ): AsyncGenerator<Leftover, void, undefined> {
    for (const intent of this.#intents) yield ofIntent(intent);
    const pending = new Set(
      this.#intents.map((intent) => (intent.kind === "unreadable" ? intent.id : intent.staging)),
    );
    for (const [staging, { types, bytes }] of this.#staged) {
      if (pending.has(staging)) continue;
      const unnamed = [...types].filter((type) => !isNamed({ staging, type }));
      if (unnamed.length === 0) continue;
      const what =
        unnamed.length < types.size
          ? `${counted(unnamed.length, "table")} in it`
          : `its ${counted(bytes, "byte")}`;
      yield { class: "table_unnamed", place: `tables/${staging}/`, problem: `no commit names ${what}` };
    }
    for (const key of this.#unknown) yield unknown(key);
    yield* this.#foreign();
  }

  #table(key: string, size: number): void {
    const [, staging, type] = TABLE.exec(key) ?? [];
    if (staging === undefined || type === undefined) {
      this.#unknown.push(key);
      return;
    }
    const staged = this.#staged.get(staging) ?? { types: new Set(), bytes: 0 };
    staged.types.add(type);
    staged.bytes += size;
    this.#staged.set(staging, staged);
  }

  /** Objects in places that no object of a graph has. */
  async *#foreign(): AsyncGenerator<Leftover, void, undefined> {
    for (let after = ""; ;) {
      const [next] = await this.#store.list("", after === "" ? { limit: 1 } : { after, limit: 1 });
      if (next === undefined) break;
      const known = KNOWN.find((prefix) => next.key.startsWith(prefix));
      if (known === undefined) yield unknown(next.key);
      after = known === undefined ? next.key : known.endsWith("/") ? `${known}${LAST}` : next.key;
    }
    for (const name of await this.#store.foreignNames(FOREIGN)) if (!isEmptyFolder(name)) yield unknown(name);
  }
}

/** Whether a name is a folder that the graph has made and emptied. */
function isEmptyFolder(name: string): boolean {
  return name.endsWith("/") && KNOWN.some((prefix) => name.startsWith(prefix) || prefix.startsWith(name));
}

function ofIntent(found: FoundIntent): Leftover {
  const place = found.objects[0]?.key ?? RECOVERY;
  if (found.kind === "leftover")
    return { class: "intent_pending", place, problem: "it is left of an intent that was removed" };
  if (found.kind === "unreadable")
    return found.problem === null
      ? unknown(place)
      : { class: "intent_damaged", place, problem: found.problem.message };
  const { kind, branch, op } = found.intent;
  return {
    class: "intent_pending",
    place,
    problem: `a ${kind} to branch ${branch} that stages tables has not ended: op ${op}`,
  };
}

function unknown(place: string): Leftover {
  return { class: "object_unknown", place, problem: "it is no object of a graph" };
}
