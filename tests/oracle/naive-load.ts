import { present, type Value } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import type { LoadMode } from "@omnigraph/engine";
import { type NaiveEntity, NaiveRefusal } from "./naive-entity.ts";
import { type NaiveGraph, naiveKey, valuesOf } from "./naive-mutation.ts";

interface Line {
  readonly type: EntityType;
  readonly entity: NaiveEntity;
  readonly line: number;
}

/** Loads NDJSON into the model, line by line through JSON.parse; throws a `NaiveRefusal` and changes nothing when a rule is broken. */
export function naiveLoad(graph: NaiveGraph, text: string, mode: LoadMode): ReadonlyMap<string, number> {
  return graph.attempt((draft) => {
    const lines = text
      .split("\n")
      .map((line, index) => ({ line, number: index + 1 }))
      .filter(({ line }) => line.trim() !== "")
      .map(({ line, number }) => read(draft, line, number));
    const types = [...new Set(lines.map(({ type }) => type))];
    const touched = new Set<string>();
    const touch = (type: EntityType): void => {
      for (const { from } of draft.table(type).values()) if (from !== "") touched.add(`${type.name} ${from}`);
    };
    const seen = new Set<string>();
    for (const { type, entity, line } of lines) {
      if (seen.has(`${type.name} ${entity.id}`)) throw new NaiveRefusal("load_invalid", line);
      seen.add(`${type.name} ${entity.id}`);
    }
    for (const { type, entity, line } of lines) {
      if (mode === "append" && draft.table(type).has(entity.id)) throw new NaiveRefusal("key_conflict", line);
    }
    for (const type of types) {
      touch(type);
      if (mode === "overwrite") draft.table(type).clear();
    }
    for (const { type, entity } of lines) {
      draft.table(type).set(entity.id, entity);
      touch(type);
    }
    try {
      draft.check(graph, touched);
    } catch (error) {
      if (error instanceof NaiveRefusal) throw new NaiveRefusal("load_invalid");
      throw error;
    }
    return new Map(types.map((type) => [type.name, lines.filter((line) => line.type === type).length]));
  });
}

function read(graph: NaiveGraph, text: string, line: number): Line {
  try {
    const json: unknown = JSON.parse(text);
    const members = new Map<string, unknown>(Object.entries(present(json, "line") as object));
    const name = String(members.get("type") ?? members.get("edge"));
    const type = members.has("type") ? graph.catalog.nodes.get(name) : graph.catalog.edges.get(name);
    if (type === undefined) throw new NaiveRefusal("load_invalid", line);
    const data = new Map<string, Value>(Object.entries((members.get("data") ?? {}) as Record<string, Value>));
    if (members.has("id") && data.has("id")) throw new NaiveRefusal("load_invalid", line);
    const stated = members.get("id") ?? data.get("id");
    data.delete("id");
    for (const member of data.keys())
      if (!type.propertyByName.has(member)) throw new NaiveRefusal("load_invalid", line);
    const values = valuesOf(type, data);
    const ends = type.kind === "edge" ? [String(members.get("from")), String(members.get("to"))] : ["", ""];
    const key = naiveKey(type, values, ends);
    if (key !== null && stated !== undefined && stated !== key) throw new NaiveRefusal("load_invalid", line);
    return {
      type,
      line,
      entity: {
        id: key ?? (typeof stated === "string" ? stated : graph.nextId()),
        from: ends[0] ?? "",
        to: ends[1] ?? "",
        values,
      },
    };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof NaiveRefusal)
      throw new NaiveRefusal("load_invalid", line);
    throw error;
  }
}
