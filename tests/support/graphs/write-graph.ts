import { isError, present, type Environment, type Reason, type Value } from "@omnigraph/base";
import {
  type Catalog,
  bindParameters,
  checkSchema,
  compileQuery,
  type EntityType,
  type TypeId,
} from "@omnigraph/language";
import {
  evaluateLoad,
  evaluateMutation,
  exportRows,
  type LoadDraft,
  type LoadMode,
  MemoryPool,
  openView,
  readLoad,
  type SnapshotSource,
  type View,
  type WriteDraft,
} from "@omnigraph/engine";
import { type ChangeSet, columnKeys, type RowBatch, valueAt } from "@omnigraph/storage";
import { SeededRandom } from "../simulation/seeded-random.ts";

/** A clock that stands still and randomness from a seed. */
export function fixedEnvironment(seed = 1): Environment {
  return {
    clock: { nowMicros: () => 1_700_000_000_000_000, monotonicMs: () => 0, sleep: () => Promise.resolve() },
    random: new SeededRandom(seed),
  };
}

export function catalogOf(schema: string): Catalog {
  const { catalog, diagnostics } = checkSchema({ file: "schema.pg", text: schema });
  return present(catalog, `catalog: ${diagnostics.map(({ message }) => message).join("; ")}`);
}

const EMPTY_SOURCE: SnapshotSource = { name: "empty", count: () => 0, pieces: () => Promise.resolve([]) };

/** Live counts after a change. */
export function countsAfter(view: View, changes: ChangeSet): ReadonlyMap<TypeId, number> {
  const counts = new Map<TypeId, number>();
  for (const type of view.catalog.typeById.values()) counts.set(type.id, view.count(type));
  for (const { type, after, before } of changes)
    counts.set(type, (counts.get(type) ?? 0) + after.length - before.length);
  return counts;
}

/** A graph in memory: what the library does around the engine, without a log. */
export class WriteGraph {
  readonly catalog: Catalog;
  readonly environment: Environment;
  readonly budget = new MemoryPool(2 ** 30);
  view: View;

  constructor(schema: string, seed = 1) {
    this.catalog = catalogOf(schema);
    this.environment = fixedEnvironment(seed);
    this.view = openView(this.catalog, EMPTY_SOURCE, this.budget);
  }

  async evaluate(
    source: string,
    parameters: Record<string, unknown> = {},
    name?: string,
    view = this.view,
  ): Promise<WriteDraft> {
    const { query } = compileQuery({ file: "query.gq", text: source }, this.catalog, name);
    if (query.kind !== "mutation") throw new TypeError("a mutation is needed");
    return evaluateMutation(query, view, bindParameters(query.parameters, parameters), this.environment);
  }

  apply<D extends WriteDraft>(draft: D): D {
    const { rows } = draft.changes;
    if (rows.length > 0) this.view = this.view.advance(rows, countsAfter(this.view, rows));
    return draft;
  }

  async mutate(source: string, parameters: Record<string, unknown> = {}, name?: string): Promise<WriteDraft> {
    return this.apply(await this.evaluate(source, parameters, name));
  }

  async evaluateLoad(text: string | Uint8Array, mode: LoadMode, view = this.view): Promise<LoadDraft> {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    return evaluateLoad(await readLoad([bytes], this.catalog, this.environment), mode, view);
  }

  async load(text: string | Uint8Array, mode: LoadMode): Promise<LoadDraft> {
    return this.apply(await this.evaluateLoad(text, mode));
  }

  async export(types?: readonly string[]): Promise<string> {
    return exportText(this.view, types);
  }

  type(name: string): EntityType {
    return present(this.catalog.nodes.get(name) ?? this.catalog.edges.get(name), `type ${name}`);
  }
}

export async function exportText(view: View, types?: readonly string[]): Promise<string> {
  const pieces: Uint8Array[] = [];
  await exportRows(view, types === undefined ? {} : { types }, (piece) => {
    pieces.push(piece);
  });
  return Buffer.concat(pieces).toString("utf8");
}

/** Affected counts, and whether there is something to commit. */
export function outcome({
  affectedNodes,
  affectedEdges,
  commits,
}: WriteDraft): readonly [number, number, boolean] {
  return [affectedNodes, affectedEdges, commits];
}

/** Rows of a batch as plain objects by property name. */
export function rowsOf(type: EntityType, rows: RowBatch): readonly Record<string, Value>[] {
  const keys = columnKeys(type);
  return Array.from({ length: rows.length }, (_, row) =>
    Object.fromEntries(
      keys.map((key) => {
        const name = type.propertyById.get(key as never)?.name ?? key;
        const column = rows.columns.get(key);
        return [name, column === undefined ? null : valueAt(column, row)];
      }),
    ),
  );
}

/** The reason of the error that a promise ends in; fails when it ends well. */
export async function reasonOf(promise: Promise<unknown>): Promise<Reason> {
  return (await failureOf(promise)).reason;
}

export async function failureOf(promise: Promise<unknown>) {
  try {
    await promise;
  } catch (error) {
    if (isError(error)) return error;
    throw error;
  }
  throw new Error("a refusal was expected");
}
