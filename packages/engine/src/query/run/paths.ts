import type { Value } from "@omnigraph/base";
import type { Ids } from "../../view/view.ts";
import { OrdinalList } from "./ordinal-list.ts";
import { TextCells, WholeCells } from "../values/whole-cells.ts";

/** What stands for a path in the slot of its variable. */
export interface PathNumbers {
  /** The number of the path without hops. */
  start(node: number): number;
  /** The number of a path with one more hop, to a node. */
  extend(path: number, node: number): number;
}

/** Paths of which only the length is asked for: it is their number. */
export const LENGTHS: PathNumbers = {
  start: () => 0,
  extend: (path) => path + 1,
};

/** No path has this number. */
export const NO_PATH = 0xffffffff;
const ENTRY_BYTES = 12;

/** Paths with their nodes. Each is an entry with its last node, and the entry of the path that it extends: paths that begin alike share what they have in common. */
export class PathStore implements PathNumbers {
  /** Paths were extended from their ends to their starts. */
  readonly #isReversed: boolean;
  readonly #charge: (bytes: number) => void;
  readonly #nodes = new OrdinalList();
  readonly #before = new OrdinalList();
  readonly #lengths = new OrdinalList();
  #chargedEntries = 0;

  /** `charge` accounts for the bytes of entries. */
  constructor(isReversed: boolean, charge: (bytes: number) => void) {
    this.#isReversed = isReversed;
    this.#charge = charge;
  }

  start(node: number): number {
    return this.#add(node, NO_PATH, 0);
  }

  extend(path: number, node: number): number {
    return this.#add(node, path, this.length(path) + 1);
  }

  length(path: number): number {
    return this.#lengths.items[path]!;
  }

  /** The ordinals of the nodes of a path, from its start to its end. */
  nodes(path: number): Uint32Array {
    const hops = this.length(path);
    const nodes = new Uint32Array(hops + 1);
    let entry = path;
    for (let k = 0; k <= hops; k++) {
      nodes[this.#isReversed ? k : hops - k] = this.#nodes.items[entry]!;
      entry = this.#before.items[entry]!;
    }
    return nodes;
  }

  #add(node: number, before: number, length: number): number {
    const entry = this.#nodes.length;
    this.#nodes.push(node);
    this.#before.push(before);
    this.#lengths.push(length);
    const entries = this.#nodes.items.length;
    if (entries > this.#chargedEntries) {
      this.#charge((entries - this.#chargedEntries) * ENTRY_BYTES);
      this.#chargedEntries = entries;
    }
    return entry;
  }
}

/** The lengths of paths, read like a property. Without a store the number of a path is its length. */
export class LengthCells extends WholeCells {
  readonly #store: PathStore | null;

  constructor(store: PathStore | null) {
    super();
    this.#store = store;
  }

  isNull(): boolean {
    return false;
  }

  value(path: number): Value {
    return this.number(path);
  }

  number(path: number): number {
    return this.#store === null ? path : this.#store.length(path);
  }

  compare(a: number, b: number): number {
    return this.number(a) - this.number(b);
  }
}

/** The ids of the nodes of paths, read like a list property. */
export class NodesCells extends TextCells {
  readonly #store: PathStore;
  readonly #ids: Ids;

  /** The ids stay readable without a lease: an answer is read after its run. */
  constructor(store: PathStore, ids: Ids) {
    super();
    this.#store = store;
    this.#ids = ids;
  }

  value(path: number): Value {
    return Array.from(this.#store.nodes(path), (node) => this.#ids.idAt(node));
  }

  compare(a: number, b: number): number {
    const [ours, theirs] = [this.#store.nodes(a), this.#store.nodes(b)];
    for (let k = 0; k < Math.min(ours.length, theirs.length); k++) {
      if (ours[k] === theirs[k]) continue;
      return this.#ids.compareIds(ours[k]!, theirs[k]!);
    }
    return ours.length - theirs.length;
  }
}
