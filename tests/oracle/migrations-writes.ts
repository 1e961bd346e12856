import { present } from "@omnigraph/base";
import {
  isSound,
  type Cell,
  type NaiveRows,
  type NaiveState,
  type NaiveType,
  rowsOf,
} from "./migrations-state.ts";
import { valueOf, valuesOfEnum } from "./migrations-types.ts";
import type { RowWrite } from "./random-migrations.ts";

/** A write, as the product is asked for it. */
export interface AskedWrite {
  readonly kind: "load" | "mutate";
  readonly text: string;
  /** The state after it; null where it must be refused. */
  readonly after: NaiveState | null;
}

const IDS = ["a", "b", "c"] as const;

/** What a write comes to on a state; null where it says nothing. */
export function writeOf(state: NaiveState, write: RowWrite): AskedWrite | null {
  if (state.types.length === 0) return null;
  const type = present(state.types[write.type % state.types.length], "a type");
  const id = present(IDS[write.row], "an id");
  switch (write.write) {
    case "put":
      return putOf(state, type, id, write);
    case "set":
      return setOf(state, type, id, write);
    case "delete":
      return deleteOf(state, type, id);
  }
}

/** A load of one entity, which replaces the one that is there. */
function putOf(state: NaiveState, type: NaiveType, id: string, { ends, values }: RowWrite): AskedWrite {
  const data: Record<string, Cell> = {};
  const row = new Map<string, Cell>();
  for (const [at, property] of type.properties.entries()) {
    const n = values[at % values.length] ?? null;
    if (property.isKey) {
      data[property.name] = id;
      row.set(property.id, id);
    } else if (n === -1) row.set(property.id, property.default);
    else {
      const cell = n === null ? null : valueOf(property.type, n);
      data[property.name] = cell;
      row.set(property.id, cell);
    }
  }
  const joined: readonly [string, string] = [
    present(IDS[ends[0]], "an end"),
    present(IDS[ends[1]], "an end"),
  ];
  const line =
    type.ends === null
      ? { type: type.name, data }
      : { edge: type.name, from: joined[0], to: joined[1], data: { id, ...data } };
  const put = { ends: type.ends === null ? null : joined, values: row };
  const after = withRows(state, type, new Map([...rowsOf(state, type.id), [id, put]]));
  return { kind: "load", text: JSON.stringify(line), after: isSound(after) ? after : null };
}

/** An update of one property of a node. */
function setOf(state: NaiveState, type: NaiveType, id: string, { values }: RowWrite): AskedWrite | null {
  const settable = type.properties.filter(({ isKey }) => !isKey);
  const property = settable[(values[0] ?? 0) % (settable.length || 1)];
  if (property === undefined || type.ends !== null || !rowsOf(state, type.id).has(id)) return null;
  const n = values[1] ?? null;
  const cell = n === null || n < 0 ? null : valueOf(property.type, n);
  const rows = Array.from(rowsOf(state, type.id), ([name, row]) => {
    const set = name === id ? { ...row, values: new Map([...row.values, [property.id, cell]]) } : row;
    return [name, set] as const;
  });
  const after = withRows(state, type, new Map(rows));
  // A null that is written out is refused before it runs, where the property is required.
  const [head, value] =
    cell === null ? [`q($v: ${parameterType(property.type)}?)`, "$v"] : ["q()", JSON.stringify(cell)];
  const text = `query ${head} { update ${type.name} set { ${property.name}: ${value} } where ${whereOf(type, id)} }`;
  return { kind: "mutate", text, after: isSound(after) ? after : null };
}

/** A deletion of a node with its edges, or of the edges that leave it. */
function deleteOf(state: NaiveState, type: NaiveType, id: string): AskedWrite {
  const rows = state.types.map((one) => {
    const left = [...rowsOf(state, one.id)].filter(([name, { ends }]) => {
      if (ends === null) return one.id !== type.id || name !== id;
      if (one.id === type.id) return ends[0] !== id;
      const joins = (at: 0 | 1): boolean => one.ends?.[at] === type.id && ends[at] === id;
      return !joins(0) && !joins(1);
    });
    return [one.id, new Map(left)] as const;
  });
  const text = `query q() { delete ${type.name} where ${whereOf(type, id)} }`;
  return { kind: "mutate", text, after: { ...state, rows: new Map(rows) } };
}

function parameterType(type: string): string {
  return valuesOfEnum(type) === null ? type : "String";
}

function whereOf({ ends, properties }: NaiveType, id: string): string {
  const key =
    ends === null
      ? present(
          properties.find(({ isKey }) => isKey),
          "a key",
        ).name
      : "from";
  return `${key} = ${JSON.stringify(id)}`;
}

function withRows(state: NaiveState, type: NaiveType, rows: NaiveRows): NaiveState {
  return { ...state, rows: new Map([...state.rows, [type.id, rows]]) };
}
