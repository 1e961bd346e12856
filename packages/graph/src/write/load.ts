import { OmnigraphError } from "@omnigraph/base";
import { evaluateLoad, isReadFor, type LoadFile, type LoadMode, readLoad } from "@omnigraph/engine";
import type { Catalog, TouchedTypes } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import type { LoadAnswer } from "@omnigraph/wire";
import type { LoadInput, LoadOptions, LoadProgress } from "../api/graph.ts";
import type { Branches, Target } from "../branches/branches.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import { guarded } from "../calls/callers-code.ts";
import { digestOf } from "../calls/digest.ts";
import { authorOf, type GraphContext } from "../open/context.ts";
import { summaryOf } from "../history/summary.ts";
import { contentHash, hashed, isRepeatable, NOTHING_LOADED, piecesOf, schemaChanged } from "./load-input.ts";

type Asked = LoadOptions & { readonly signal: AbortSignal; readonly permitTypes: PermitTypes };

/** As `Omnigraph.load`. */
export async function load(
  context: GraphContext,
  branches: Branches,
  input: LoadInput,
  options: Asked,
): Promise<LoadAnswer> {
  const { branch = "main", mode } = options;
  const loading = new Loading(context, input, options);
  const actor = authorOf(context, options);
  const { result, created } = await branches.into(branch, { ...options, actor }, (target) =>
    loading.write(target, actor),
  );
  const { file, commit } = result;
  const loaded = (kind: "node" | "edge"): LoadAnswer["nodes"] =>
    file.types
      .filter(({ plan }) => plan.type.kind === kind)
      .map(({ plan, rows: { length } }) => ({ name: plan.type.name, entities: length }));
  return {
    branch,
    branchCreated: created,
    mode,
    nodes: loaded("node"),
    edges: loaded("edge"),
    timesCut: file.timesCut,
    commit: summaryOf(commit),
  };
}

/** One load. Its input is read only once, even if the write is repeated on another branch, unless that has another schema. */
class Loading {
  readonly #context: GraphContext;
  readonly #input: LoadInput;
  readonly #options: Asked;
  readonly #onProgress: (progress: LoadProgress) => void;
  readonly #hash = contentHash();
  #file: LoadFile | null = null;

  constructor(context: GraphContext, input: LoadInput, options: Asked) {
    this.#context = context;
    this.#input = input;
    this.#options = options;
    this.#onProgress = guarded(options.onProgress, NOTHING_LOADED);
  }

  async write(
    { writes, start }: Target,
    actor: string | null,
  ): Promise<{ readonly file: LoadFile; readonly commit: CommitRecord }> {
    const options = this.#options;
    const { mode, signal, permitTypes } = options;
    const { inlineRows } = this.#context;
    const limits = { inlineRows, signal };
    const file = await this.#fileFor(start.view.catalog);
    if (permitTypes !== undefined) await permitTypes(touchedBy(file, mode, start.view.catalog));
    const { bytes } = file;
    const rows = file.types.reduce((sum, type) => sum + type.rows.length, 0);
    const content = (): string => digestOf(mode, this.#hash.copy().digest("hex"));
    const request = writes.request("load", { ...options, actor }, content, async (view) => {
      this.#onProgress({ bytes, rows, phase: "check" });
      const draft = await evaluateLoad(await this.#fileFor(view.catalog), mode, view, limits);
      this.#onProgress({ bytes, rows, phase: "write" });
      return draft;
    });
    const { commit } = await writes.submitLarge(request);
    if (commit === null) throw new OmnigraphError("internal", "invariant broken: a load without a commit");
    return { file: this.#file ?? file, commit };
  }

  /** The input as a schema has it. It is read again only where the branch has got a schema with other types of these rows. */
  async #fileFor(catalog: Catalog): Promise<LoadFile> {
    if (this.#file !== null && isReadFor(this.#file, catalog)) return this.#file;
    if (this.#file !== null && !isRepeatable(this.#input)) throw schemaChanged("load");
    this.#file = await this.#read(catalog);
    return this.#file;
  }

  #read(catalog: Catalog): Promise<LoadFile> {
    const { signal, op } = this.#options;
    const source = piecesOf(this.#input, signal);
    const pieces = op === undefined || this.#file !== null ? source : hashed(source, this.#hash);
    const { environment, externalBlobs } = this.#context;
    return readLoad(pieces, catalog, environment, {
      signal,
      externalBlobs,
      onProgress: (bytes, rows) => this.#onProgress({ bytes, rows, phase: "read" }),
    });
  }
}

/** A load also reads the types at the ends of its edges, and if it replaces nodes, the edge types that might lose an end. */
function touchedBy({ types }: LoadFile, mode: LoadMode, catalog: Catalog): TouchedTypes {
  const changes = types.map(({ plan }) => plan.type);
  const ends = changes.flatMap((type) => (type.kind === "edge" ? [type.from, type.to] : []));
  const atNodes = [...catalog.edges.values()].filter(({ from, to }) =>
    changes.some((type) => type === from || type === to),
  );
  return { reads: mode === "overwrite" ? [...ends, ...atNodes] : ends, changes };
}
