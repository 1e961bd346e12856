import { assert, present } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import type { ColumnKey, RowBatch } from "../rows/batch.ts";
import { columnBuilder } from "../rows/builder.ts";
import type { Column } from "../rows/column.ts";
import { ID_TYPE } from "../rows/type.ts";
import type { LayerDraft } from "./layer.ts";

/** The rows of a draft with their ids, and ends of edges, first. A draft of tombstones alone may lack them. */
export function completeRows({ type, rows }: LayerDraft): RowBatch {
  const ids: readonly ColumnKey[] = type.kind === "edge" ? ["id", "src", "dst"] : ["id"];
  const columns = new Map<ColumnKey, Column>();
  for (const key of ids) {
    const column = rows.columns.get(key);
    assert(column !== undefined || rows.length === 0, `rows of ${type.name} have ${key}`);
    columns.set(key, column ?? columnBuilder(ID_TYPE).finish());
  }
  for (const [key, column] of rows.columns) columns.set(key, column);
  return { length: rows.length, columns };
}

/** Names of the columns of a table by property id: the properties' names as of now, `name__2` where one is taken. */
export function physicalColumns(type: EntityType, rows: RowBatch): Readonly<Record<string, string>> {
  const taken = new Set(["id", "src", "dst"]);
  const names: Record<string, string> = {};
  for (const key of rows.columns.keys()) {
    if (key === "id" || key === "src" || key === "dst") continue;
    const { name } = present(type.propertyById.get(key), `property ${key} of ${type.name}`);
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name}__${n}`;
    taken.add(free);
    names[key] = free;
  }
  return names;
}
