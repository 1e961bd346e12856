import {
  type Catalog,
  type EdgeType,
  type EntityType,
  type NodeType,
  type Statement,
} from "@omnigraph/language";
import { endKeys, needOf, wholeRows } from "../../view/needs.ts";
import { memberNeeds } from "../../view/uniques/unique-index.ts";
import type { Need } from "../../view/view.ts";
import { whereNeeds } from "../mutation/matching.ts";

/** The edge types at whose ends nodes of a type may be. */
export function edgesAt({ edges }: Catalog, type: NodeType): readonly EdgeType[] {
  return [...edges.values()].filter(({ from, to }) => from === type || to === type);
}

/** All that a statement may read, its checks included; which of it is read depends on the values. */
export function statementNeeds(statement: Statement, catalog: Catalog): readonly Need[] {
  switch (statement.kind) {
    case "insert_node":
      return [...sameNeeds(statement.type, statement.id !== null), ...tupleNeeds(statement.type)];
    case "insert_edge": {
      const { type } = statement;
      return [
        ...sameNeeds(type, statement.id !== null),
        ...tupleNeeds(type),
        ...endKeys(type),
        ...boundNeeds(type),
      ];
    }
    case "update": {
      const { type, where } = statement;
      const ends = type.kind === "edge" ? [...endKeys(type), ...boundNeeds(type)] : [];
      return [...whereNeeds(type, where), ...wholeRows(type), ...tupleNeeds(type), ...ends];
    }
    case "delete": {
      const { type, where } = statement;
      const gone = type.kind === "edge" ? [type] : edgesAt(catalog, type);
      const incident = type.kind === "edge" ? [] : gone.flatMap((edge) => incidentNeeds(edge, type));
      return [
        ...whereNeeds(type, where),
        ...wholeRows(type),
        ...incident,
        ...gone.flatMap((edge) => boundNeeds(edge)),
      ];
    }
  }
}

/** For finding an entity that an insert replaces, or that it must not meet. */
function sameNeeds(type: EntityType, hasId: boolean): readonly Need[] {
  if (type.key !== null) return [needOf(type, { keys: true }), ...wholeRows(type)];
  return hasId ? [needOf(type, { keys: true })] : [];
}

/** For the check of unique tuples. */
function tupleNeeds(type: EntityType): readonly Need[] {
  if (type.uniques.length === 0) return [];
  const bySource =
    type.kind === "edge" && type.uniques.some(({ members }) => members.includes("src"))
      ? [needOf(type, { out: true }), ...endKeys(type)]
      : [];
  return [
    ...type.uniques.flatMap((unique) => memberNeeds(type, unique)),
    needOf(type, { ids: true }),
    ...bySource,
  ];
}

/** For the check of the number of edges at their sources. */
function boundNeeds(type: EdgeType): readonly Need[] {
  const { min, max } = type.cardinality;
  return min > 0 || max !== null ? [needOf(type, { out: true }), needOf(type.from, { keys: true })] : [];
}

/** For the edges that go with a node. */
function incidentNeeds(edge: EdgeType, type: NodeType): readonly Need[] {
  return [needOf(edge, { out: edge.from === type, in: edge.to === type }), ...wholeRows(edge)];
}
