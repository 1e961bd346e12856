import { atOnce, type Environment, inTurns, LIMITS, type Value } from "@omnigraph/base";
import {
  type Catalog,
  canonicalKeyText,
  didYouMean,
  type EntityType,
  FINER_THAN_MILLIS,
  formatType,
  keyParts,
} from "@omnigraph/language";
import {
  asIdTexts,
  BlobContents,
  type Column,
  type ColumnBuilder,
  columnBuilder,
  type ColumnKey,
  columnType,
  type ColumnType,
  constantColumn,
  type ForeignCells,
  type ForeignField,
  type ForeignRows,
  ID_TYPE,
  take,
  type TextColumn,
  valueAt,
} from "@omnigraph/storage";
import type { ExternalBlobs } from "../blob.ts";
import { IdMinter } from "../generated-ids.ts";
import { storedValue } from "../constraints/values.ts";
import { propertyProblem } from "./careful-line.ts";
import { assembling } from "./loaded-rows.ts";
import { linePlans, type SlotPlan, type TypePlan } from "./plan.ts";
import { LoadProblems } from "./problems.ts";
import type { LoadFile } from "./read.ts";
import { identityOf, type RowPiece } from "./row-sink.ts";

/** A column of a table, and what it becomes. */
interface Source {
  readonly name: string;
  readonly key: ColumnKey;
  readonly type: ColumnType;
  /** Null for ids and ends. */
  readonly slot: SlotPlan | null;
}

const ENDS = [
  ["src", "from"],
  ["dst", "to"],
] as const;

/** Reads rows that another program has written in a table, and checks them as a load checks its lines. */
export class ForeignReader {
  readonly #catalog: Catalog;
  readonly #plan: TypePlan;
  readonly #sources: readonly Source[];
  readonly #problems = new LoadProblems("row");
  readonly #pieces: RowPiece[] = [];
  #rows = 0;
  #timesCut = 0;

  /** Throws `load_invalid` with everything that is wrong with the columns. */
  constructor(
    catalog: Catalog,
    type: EntityType,
    fields: readonly ForeignField[],
    externalBlobs: ExternalBlobs,
  ) {
    this.#catalog = catalog;
    const { all } = linePlans(catalog, externalBlobs);
    this.#plan = all.find((plan) => plan.type === type)!;
    this.#sources = sourcesOf(this.#plan, fields, (message, property) =>
      this.#problems.add({
        line: null,
        reason: "value_invalid",
        message: `${type.name}: ${message}`,
        type,
        id: null,
        property,
      }),
    );
    this.#problems.throwIfAny();
  }

  /** The columns to be read, with the types that they become. */
  get columns(): ReadonlyMap<string, ColumnType> {
    return new Map(this.#sources.map(({ name, type }) => [name, type]));
  }

  /** Whether more problems were found than are listed, so that reading on is of no use. */
  get isFull(): boolean {
    return this.#problems.full;
  }

  /** Adds the rows that follow; those with a problem are left out. */
  add({ length, columns: found }: ForeignRows): void {
    const wrong = new Set<number>();
    const columns = new Map<ColumnKey, Column>();
    for (const source of this.#sources) {
      const cells = found.get(source.name);
      if (cells !== undefined) columns.set(source.key, this.#checked(source, cells, length, wrong));
    }
    for (const { property } of this.#plan.slots)
      if (!columns.has(property.id))
        columns.set(property.id, constantColumn(columnType(property.type), property.default ?? null, length));
    const rows = Uint32Array.from({ length }, (_, row) => row).filter((row) => !wrong.has(row));
    const right = wrong.size === 0 ? { length, columns } : take({ length, columns }, rows);
    const lines = rows.map((row) => row + this.#rows);
    this.#pieces.push(this.#piece(new Map(right.columns), right.length, lines));
    this.#rows += length;
  }

  /** All rows, put together. Their problems, if there are any, are in it: `evaluateLoad` adds its own and throws. */
  async finish(environment: Environment, signal?: AbortSignal): Promise<LoadFile> {
    const minter = new IdMinter(environment);
    const contents = new BlobContents();
    const steps = assembling(this.#plan, this.#pieces, minter, contents, null);
    const loaded = this.#rows <= LIMITS.inlineRows.value ? atOnce(steps) : await inTurns(steps, signal);
    const catalog = this.#catalog;
    const [timesCut, problems] = [this.#timesCut, this.#problems];
    return { catalog, types: [loaded], bytes: 0, timesCut, contents, problems };
  }

  #piece(columns: Map<ColumnKey, Column>, length: number, lines: Uint32Array): RowPiece {
    const given = columns.get("id");
    columns.delete("id");
    const ids = this.#ids(columns, length, given === undefined ? null : asIdTexts(given), lines);
    const identity = identityOf(this.#plan);
    if (identity.kind === "text_key") columns.delete(identity.slot.property.id);
    return { plan: this.#plan.index, length, ids, columns, lines };
  }

  /** The ids of the rows: by their key, as given, or null where all are generated. */
  #ids(
    columns: ReadonlyMap<ColumnKey, Column>,
    length: number,
    given: TextColumn | null,
    lines: Uint32Array,
  ): TextColumn | null {
    const parts = keyParts(this.#plan.type);
    if (parts === null) return given;
    const keys = parts.map(({ member }) => columns.get(member)!);
    const types = parts.map(({ type }) => type);
    const ids = columnBuilder(ID_TYPE);
    for (let row = 0; row < length; row++) {
      const id = canonicalKeyText(
        keys.map((key) => valueAt(key, row)),
        types,
      );
      ids.append(id);
      if (given !== null && valueAt(given, row) !== id)
        this.#report(lines[row]!, `id must be ${id}, as the key gives it`, "id");
    }
    return asIdTexts(ids.finish());
  }

  #report(line: number, message: string, property: string): void {
    const { type } = this.#plan;
    const problem = { line, reason: "value_invalid", type, id: null, property } as const;
    this.#problems.add({ ...problem, message: `${type.name}: ${message}` });
  }

  /** A column of ours. Rows with a problem are reported, and hold null. */
  #checked(source: Source, found: ForeignCells, length: number, wrong: Set<number>): Column {
    const isColumn = found.kind === "column";
    if (isColumn && !needsLook(source, found.column, this.#plan.type)) return found.column;
    const builder: ColumnBuilder | null = isColumn ? null : columnBuilder(source.type);
    for (let row = 0; row < length && !this.#problems.full; row++) {
      const value = isColumn ? valueAt(found.column, row) : vectorOf(source, found.cells[row] ?? null);
      const cut = isColumn ? 0 : (found.cut.get(row) ?? 0);
      const problem = this.#problem(source, value, cut);
      if (problem === null) {
        this.#timesCut += cut;
        builder?.append(stored(source, value));
        continue;
      }
      wrong.add(row);
      this.#report(this.#rows + row, problem, source.name);
      builder?.appendNull();
    }
    while (builder !== null && builder.length < length) builder.appendNull();
    return isColumn ? found.column : builder!.finish();
  }

  #problem({ slot, name }: Source, value: Value, cut: number): string | null {
    if (slot === null) return typeof value === "string" ? null : `${name} is null`;
    if (cut > 0 && slot.identifies) return `${name}: a time ${FINER_THAN_MILLIS}`;
    return propertyProblem(this.#plan.type, slot, value);
  }
}

function stored({ slot, type }: Source, value: Value): Value {
  if (slot === null || value === null || type.dimension !== null) return value;
  const { property } = slot;
  return Array.isArray(value)
    ? value.map((item: Value) => storedValue(property, item))
    : storedValue(property, value);
}

/** The cell of a vector as one of ours; a list that is none, for a component that is null, stays what it is. */
function vectorOf({ type }: Source, cell: Value): Value {
  if (type.dimension === null || !Array.isArray(cell) || !cell.every((part) => typeof part === "number"))
    return cell;
  return Float32Array.from(cell);
}

/** Whether a column that has our layout can still hold what a property may not. */
function needsLook({ slot, type: columnOf }: Source, column: Column, type: EntityType): boolean {
  const hasNulls = column.validity !== null;
  if (slot === null) return hasNulls;
  const { property } = slot;
  if (hasNulls && !property.type.nullable) return true;
  if (columnOf.list || columnOf.dimension !== null) return true;
  if (property.type.enumValues !== null) return true;
  if (["F32", "F64", "Date", "DateTime", "Blob"].includes(property.type.scalar)) return true;
  if (type.kind === "edge") return false;
  return [...type.ranges, ...type.checks].some((constraint) => constraint.property === property.id);
}

function remedyOf({ shown }: ForeignField): string {
  const isTime = shown.startsWith("Timestamp");
  return isTime ? "; an instant needs a time zone in its type, UTC for example" : "; cast it";
}

/** Which column of the table is which of ours. Everything that does not go is reported. */
function sourcesOf(
  plan: TypePlan,
  fields: readonly ForeignField[],
  report: (message: string, property: string) => void,
): readonly Source[] {
  const { type } = plan;
  const byName = new Map(fields.map((field) => [field.name, field]));
  const sources: Source[] = [];
  const used = new Set<string>();
  const add = (name: string, source: Omit<Source, "name">, shown: string): void => {
    used.add(name);
    const field = byName.get(name);
    if (field === undefined) return;
    if (field.fits(source.type)) sources.push({ name, ...source });
    else report(`column ${name} is ${field.shown}, which does not fit ${shown}${remedyOf(field)}`, name);
  };
  const isKeyed = type.key !== null;
  if (byName.has("id")) add("id", { key: "id", type: ID_TYPE, slot: null }, "an id, a text");
  for (const [key, word] of type.kind === "edge" ? ENDS : []) {
    const name = byName.has(word) ? word : key;
    if (byName.has(name)) add(name, { key, type: ID_TYPE, slot: null }, "the id of a node, a text");
    else report(`there is no column ${word}, with the ids of nodes`, word);
  }
  for (const slot of plan.slots) {
    const { property, required } = slot;
    const { name } = property;
    if (byName.has(name))
      add(name, { key: property.id, type: columnType(property.type), slot }, formatType(property.type));
    else if (required) report(`there is no column ${name}, which is required`, name);
  }
  for (const { name } of fields) {
    if (used.has(name)) continue;
    const known = [...(isKeyed ? [] : ["id"]), ...plan.slots.map(({ property }) => property.name)];
    report(`column ${name} is no property; leave it out. ${didYouMean(name, known, "property")}`, name);
  }
  return sources;
}
