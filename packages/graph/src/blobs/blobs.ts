import type { EntityType } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import { type BlobCell, type BlobRange, streamBlob } from "@omnigraph/storage";
import type { BlobSelector, ManagedBlobStat, MutationAnswer } from "@omnigraph/wire";
import type {
  BlobInput,
  BlobPutOptions,
  BlobReadOptions,
  BlobStreamOptions,
  OpenBlob,
} from "../api/blobs.ts";
import type { Branches } from "../branches/branches.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import type { CallLimits } from "../calls/call-limits.ts";
import { checkArgument, optionsOf } from "../calls/check.ts";
import { BLOB_INPUT, BLOB_SELECTOR } from "../calls/kinds.ts";
import type { CompiledQueries } from "../open/compiled-queries.ts";
import type { GraphContext } from "../open/context.ts";
import { placeOfContent } from "../open/exported-content.ts";
import { blobProperty, cellOf, sha256Of } from "./cells.ts";
import { putBlob } from "./put.ts";
import { rangeOf } from "./ranges.ts";

/** Content that is streamed. */
interface Streamed {
  readonly cell: Exclude<BlobCell, { readonly kind: "external" }>;
  /** Of the cell. */
  readonly text: string;
  readonly type: EntityType;
  readonly commit: CommitRecord;
  readonly stat: ManagedBlobStat;
}

/** What a call runs with. */
interface Permitted {
  readonly signal: AbortSignal;
  readonly permitTypes: PermitTypes;
}

/** The content of Blobs: bytes of any size beside the rows that name them. Its methods work without their object too, as callbacks for example. */
export class Blobs {
  readonly #context: GraphContext;
  readonly #branches: Branches;
  readonly #queries: CompiledQueries;

  /** @internal */
  constructor(context: GraphContext, branches: Branches, queries: CompiledQueries) {
    this.#context = context;
    this.#branches = branches;
    this.#queries = queries;
  }

  /**
   * Looks a Blob up: its size, its SHA-256 and a stream of its bytes, or the address that it is, from which nothing is fetched.
   *
   * @throws `blob_selector_invalid` for a type or a property that the schema has not, or a property that is no Blob
   * @throws `blob_not_found` where there is no such entity, or its Blob is null
   * @throws `branch_not_found`
   * @throws `commit_not_found`, `commit_ambiguous` for `at`
   * @example
   * ```ts
   * await using docs = await Omnigraph.init("memory://opened", { schema: "node Doc { body: Blob? }" });
   * await docs.load('{"type":"Doc","data":{"id":"a","body":"base64:aGVsbG8="}}', { mode: "append" });
   * const blob = await docs.blobs.open({ entity: "node", type: "Doc", id: "a", property: "body" });
   * console.log(blob.kind === "managed" && blob.size); // 5
   * ```
   */
  readonly open = async (selector: BlobSelector, options?: BlobReadOptions): Promise<OpenBlob> => {
    checkArgument("blobs.open", "selector", selector, BLOB_SELECTOR);
    const asked = optionsOf("blobs.open", options);
    const { entity, type, id, property } = selector;
    const named = { entity, type, id, property };
    return this.#context.calls.run(
      "blobs.open",
      asked,
      (signal, permitTypes) =>
        this.#branches.fresh(() => this.#opened(named, { ...asked, signal, permitTypes })),
      { types: [type] },
    );
  };

  /**
   * Gives an entity another Blob, or null, by one commit: as an update of the property by `mutate` does.
   *
   * @throws `blob_selector_invalid`, `blob_not_found` where there is no such entity
   * @throws `value_invalid` for null where the property is required, and for content that is too large
   * @throws `caller_failed` if the content throws; its cause is what it threw
   * @throws `branch_not_found`
   * @throws `precondition_failed` if `ifCommit` is not the newest commit
   * @throws `read_set_conflict` if another commit changed the entity meanwhile
   * @throws `read_only`, `op_reused`, `too_contended`, `outcome_unknown`, `write_discarded` as every write
   * @example
   * ```ts
   * await using docs = await Omnigraph.init("memory://put", { schema: "node Doc { body: Blob? }" });
   * await docs.load('{"type":"Doc","data":{"id":"a"}}', { mode: "append" });
   * const { affectedNodes } = await docs.blobs.put({ entity: "node", type: "Doc", id: "a", property: "body" }, Buffer.from("hello"));
   * console.log(affectedNodes); // 1
   * ```
   */
  readonly put = async (
    selector: BlobSelector,
    content: BlobInput,
    options?: BlobPutOptions,
  ): Promise<MutationAnswer> => {
    checkArgument("blobs.put", "selector", selector, BLOB_SELECTOR);
    checkArgument("blobs.put", "content", content, BLOB_INPUT);
    const asked = optionsOf("blobs.put", options);
    const { entity, type, id, property } = selector;
    return this.#context.calls.run(
      "blobs.put",
      asked,
      (signal, permitTypes) =>
        putBlob(this.#context, this.#branches, this.#queries, content, {
          ...asked,
          selector: { entity, type, id, property },
          signal,
          permitTypes,
        }),
      { types: [type] },
    );
  };

  async #opened(
    selector: BlobSelector,
    { permitTypes, signal, ...asked }: BlobReadOptions & Permitted,
  ): Promise<OpenBlob> {
    const { commit, view } = await this.#branches.commitView(asked, signal);
    const found = blobProperty(selector, view);
    if (permitTypes !== undefined) await permitTypes({ reads: [found.type], changes: [] });
    const { cell, text } = await cellOf(view, found, selector.id, signal);
    const looked = {
      selector,
      branch: asked.branch ?? "main",
      snapshot: asked.at === undefined ? null : commit.header.id,
      commit: commit.header.id,
    };
    if (cell.kind === "external") return { ...looked, kind: "external", uri: cell.uri };
    const stat: ManagedBlobStat = {
      ...looked,
      kind: "managed",
      size: cell.kind === "inline" ? cell.bytes.length : cell.size,
      sha256: cell.kind === "inline" ? sha256Of(cell.bytes) : cell.sha256,
    };
    const streamed = { cell, text, type: found.type, commit, stat };
    return { ...stat, stream: (range) => this.#stream(streamed, asked, range) };
  }

  #stream(
    streamed: Streamed,
    { branch, at }: BlobReadOptions,
    options: BlobStreamOptions | undefined,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { selector, snapshot } = streamed.stat;
    return this.#context.calls.stream(
      "blobs.stream",
      () => ({
        ...optionsOf("blobs.stream", options),
        types: [selector.type],
        ...(branch === undefined ? {} : { branch }),
        ...(at === undefined ? {} : { at }),
      }),
      (asked, limits) => this.#pieces(streamed, snapshot !== null, asked, limits),
    );
  }

  /** Content of the past is claimed until the stream ends, so that no cleanup takes it meanwhile; the head of a branch is protected by its record. */
  async *#pieces(
    { cell, text, type, commit, stat }: Streamed,
    isPast: boolean,
    options: BlobStreamOptions,
    limits: CallLimits,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const range: BlobRange = await limits.run(async () => rangeOf(stat.size, options));
    if (cell.kind === "inline") {
      if (range.to > range.from) yield cell.bytes.subarray(range.from, range.to);
      return;
    }
    const { log, content, store } = this.#context;
    const pin = isPast && !log.readOnly ? await limits.run(() => log.starts.pin(commit, "blob")) : null;
    try {
      const places = await limits.run((signal) => content.at(commit, type.id, signal));
      const place = { reference: text, staging: placeOfContent(places, text) };
      const pieces = streamBlob(store, place, range, limits.signal);
      for (let next = await limits.run(() => pieces.next()); next.done !== true;) {
        yield next.value;
        next = await limits.run(() => pieces.next());
      }
    } finally {
      await pin?.release();
    }
  }
}
