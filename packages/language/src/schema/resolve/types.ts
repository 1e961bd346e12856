import { unreachable } from "@omnigraph/base";
import { didYouMean } from "../../text/suggest.ts";
import { typeAliasRemedy } from "../../types/type-aliases.ts";
import { SCALARS, type ScalarName, type ValueType } from "../../types/value-types.ts";
import type { Report } from "./report.ts";
import type { TypeNode } from "../syntax/tree.ts";

/** Most dimensions of a vector. */
const MAX_DIMENSION = 65_536n;

const isScalar = (name: string): name is ScalarName => SCALARS.some((scalar) => scalar === name);

/** The type of a node, or null after reporting an error. */
export function resolveType(node: TypeNode, report: Report): ValueType | null {
  const { nullable } = node;
  switch (node.kind) {
    case "scalar": {
      const { text, span } = node.name;
      if (isScalar(text)) return { ...plain(text), nullable };
      report.error(
        "S-TYPE-UNKNOWN",
        span,
        `there is no type ${text}`,
        () => typeAliasRemedy(text) ?? didYouMean(text, [...SCALARS, "Vector", "enum"], "type"),
      );
      return null;
    }
    case "vector":
      if (node.dimension.value > 0n && node.dimension.value <= MAX_DIMENSION) {
        return { ...plain("F32"), nullable, dimension: Number(node.dimension.value) };
      }
      report.error(
        "S-VECTOR-LENGTH",
        node.dimension.span,
        "a vector has 1 to 65536 dimensions",
        "Give the number of dimensions of the embedding.",
      );
      return null;
    case "enum":
      return resolveEnum(node, report);
    case "list":
      return resolveList(node, report);
    default:
      return unreachable(node);
  }
}

/** Whether two types are the same; the order of an enum's values does not matter. */
export function sameType(a: ValueType, b: ValueType): boolean {
  if (
    a.scalar !== b.scalar ||
    a.list !== b.list ||
    a.nullable !== b.nullable ||
    a.dimension !== b.dimension
  ) {
    return false;
  }
  if (a.enumValues === null || b.enumValues === null) return a.enumValues === b.enumValues;
  const listed = new Set(a.enumValues);
  return a.enumValues.length === b.enumValues.length && b.enumValues.every((value) => listed.has(value));
}

function resolveEnum(node: Extract<TypeNode, { kind: "enum" }>, report: Report): ValueType | null {
  const listed = new Set<string>();
  for (const { text, span } of node.values) {
    if (listed.has(text)) report.error("S-ENUM-TWICE", span, `the enum lists ${text} twice`, "List it once.");
    listed.add(text);
  }
  return { ...plain("String"), nullable: node.nullable, enumValues: [...listed] };
}

function resolveList(node: Extract<TypeNode, { kind: "list" }>, report: Report): ValueType | null {
  const { item } = node;
  const refuse = (what: string): null => {
    report.error(
      "S-LIST-ITEM",
      item.span,
      `a list cannot hold ${what}`,
      "List String, Bool, a number, Date or DateTime; only the list itself can be optional.",
    );
    return null;
  };
  if (item.kind === "list") return refuse("lists");
  if (item.kind === "enum") return refuse("enum values");
  if (item.kind === "vector") return refuse("vectors");
  if (item.nullable) return refuse("nulls");
  const type = resolveType(item, report);
  if (type === null) return null;
  return type.scalar === "Blob" ? refuse("blobs") : { ...type, list: true, nullable: node.nullable };
}

function plain(scalar: ScalarName): ValueType {
  return { scalar, list: false, nullable: false, dimension: null, enumValues: null };
}
