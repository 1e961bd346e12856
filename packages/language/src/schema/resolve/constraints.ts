import { unreachable } from "@omnigraph/base";
import { didYouMean } from "../../text/suggest.ts";
import { integerValue } from "../../types/literals.ts";
import type { NameNode } from "../../text/literal-tree.ts";
import type { Span } from "../../text/source.ts";
import { INTEGER_BOUNDS } from "../../types/values.ts";
import type { CheckConstraint, RangeConstraint, TupleMember, UniqueConstraint } from "../catalog/catalog.ts";
import type { ValueType } from "../../types/value-types.ts";
import { annotationOf, type Member } from "./members.ts";
import type { PatternChecker } from "./pattern-checker.ts";
import type { Report } from "./report.ts";
import type { ConstraintNode, NumberNode } from "../syntax/tree.ts";

/** The constraints of a type, from its body and its annotations. */
export interface Constraints {
  /** In the order of declaration, without the ends of an edge; null without a key. */
  readonly key: readonly Member[] | null;
  readonly uniques: readonly UniqueConstraint[];
  readonly indexed: ReadonlySet<Member>;
  readonly ranges: readonly RangeConstraint[];
  readonly checks: readonly CheckConstraint[];
}

/** A member of a constraint, and the place where it is named. */
interface Entry {
  readonly member: Member | "src" | "dst";
  readonly span: Span;
}

/** Checks the constraints of one type, given its properties. */
export class ConstraintResolver {
  readonly #kind: "node" | "edge";
  readonly #members: ReadonlyMap<string, Member>;
  readonly #patterns: PatternChecker;
  readonly #report: Report;
  readonly #uniques = new Map<string, UniqueConstraint>();
  readonly #indexed = new Set<Member>();
  readonly #ranges: RangeConstraint[] = [];
  readonly #checks: CheckConstraint[] = [];
  #key: readonly Member[] | null = null;
  #keys = 0;

  constructor(
    kind: "node" | "edge",
    members: ReadonlyMap<string, Member>,
    patterns: PatternChecker,
    report: Report,
  ) {
    this.#kind = kind;
    this.#members = members;
    this.#patterns = patterns;
    this.#report = report;
  }

  resolve(nodes: readonly ConstraintNode[]): Constraints {
    for (const member of this.#members.values()) {
      for (const kind of ["key", "unique", "index"] as const) {
        const annotation = annotationOf(member.node, kind);
        if (annotation !== undefined) this.#tuple(kind, [member.node.name], annotation.span);
      }
    }
    for (const node of nodes) this.#constraint(node);
    return {
      key: this.#key,
      uniques: [...this.#uniques.values()],
      indexed: this.#indexed,
      ranges: this.#ranges,
      checks: this.#checks,
    };
  }

  #constraint(node: ConstraintNode): void {
    switch (node.kind) {
      case "key":
      case "unique":
      case "index":
        this.#tuple(node.kind, node.members, node.span);
        break;
      case "range":
        if (this.#allowedHere(node)) this.#range(node);
        break;
      case "check":
        if (this.#allowedHere(node)) this.#check(node);
        break;
      default:
        unreachable(node);
    }
  }

  #tuple(kind: "key" | "unique" | "index", names: readonly NameNode[], span: Span): void {
    const seen = new Set<string>();
    const entries: Entry[] = [];
    for (const name of names) {
      // The ends are written with their `@` or without.
      const identity = name.text.replace(/^@/u, "");
      if (seen.has(identity)) {
        this.#report.error("S-MEMBER-TWICE", name.span, `@${kind} names ${name.text} twice`, "Name it once.");
        continue;
      }
      seen.add(identity);
      const member = this.#end(name) ?? this.#member(kind, name);
      if (member !== null) entries.push({ member, span: name.span });
    }
    switch (kind) {
      case "key":
        this.#setKey(entries, span);
        break;
      case "unique":
        this.#addUnique(entries);
        break;
      case "index":
        this.#addIndex(entries);
        break;
    }
  }

  #setKey(entries: readonly Entry[], span: Span): void {
    const ends = new Set(entries.flatMap(({ member }) => (typeof member === "string" ? member : [])));
    if (this.#kind === "edge" && ends.size < 2) {
      const remedy = "Write @key(@src, @dst), with properties behind them where that is not enough.";
      this.#report.error("S-KEY-EDGE", span, "the key of an edge has both its ends", remedy);
      return;
    }
    if (this.#keys++ > 0) {
      const remedy = "Keep one, or make one key of several properties: @key(a, b).";
      this.#report.error("S-KEY-TWICE", span, "the type has a key already", remedy);
      return;
    }
    this.#refuseTypes("key", entries);
    this.#key = entries.flatMap(({ member }) => (typeof member === "string" ? [] : member));
  }

  #addUnique(entries: readonly Entry[]): void {
    this.#refuseTypes("unique", entries);
    const tuple = entries.map(({ member }): TupleMember => (typeof member === "string" ? member : member.id));
    const identity = tuple.toSorted().join(" ");
    if (!this.#uniques.has(identity)) this.#uniques.set(identity, { members: tuple });
  }

  #addIndex(entries: readonly Entry[]): void {
    this.#refuseTypes("index", entries);
    for (const { member } of entries) if (typeof member !== "string") this.#indexed.add(member);
  }

  /** Reports members whose type does not allow the constraint. */
  #refuseTypes(kind: "key" | "unique" | "index", entries: readonly Entry[]): void {
    for (const { member, span } of entries) {
      if (typeof member === "string" || member.type === null) continue;
      const problem = typeProblem(kind, member.type);
      if (problem === null) continue;
      const { name } = member.node;
      const [code, remedy] = TYPE_REFUSALS[kind];
      this.#report.error(code, span, `${name.text} cannot be in @${kind}: it is ${problem}`, remedy);
    }
  }

  #range(node: Extract<ConstraintNode, { kind: "range" }>): void {
    const member = this.#member("range", node.property);
    if (member === null || member.type === null) return;
    if (!isNumber(member.type)) {
      const message = `${node.property.text} is no number`;
      this.#report.error("S-RANGE-TYPE", node.property.span, message, "Range a number.");
      return;
    }
    const min = this.#bound(node.min);
    const max = this.#bound(node.max);
    if (isEmptyRange(member.type, min, max)) {
      const bounds = `${min ?? ""}..${max ?? ""}`;
      const message = `no ${member.type.scalar} is in ${bounds}`;
      this.#report.error("S-RANGE-EMPTY", node.span, message, "Put the lower bound first.");
      return;
    }
    this.#ranges.push({ property: member.id, min, max });
  }

  #bound(node: NumberNode | null): number | bigint | null {
    if (node === null) return null;
    if (node.kind === "integer") return integerValue(node.value);
    if (Number.isFinite(node.value)) return node.value;
    this.#report.error("S-NUMBER", node.span, "the number is too large for a float", "Write a smaller one.");
    return null;
  }

  #check(node: Extract<ConstraintNode, { kind: "check" }>): void {
    const member = this.#member("check", node.property);
    if (member === null || member.type === null) return;
    if (member.type.scalar !== "String" || member.type.list) {
      const message = `${node.property.text} is no String`;
      this.#report.error("S-CHECK-TYPE", node.property.span, message, "Check a String.");
      return;
    }
    const problem = this.#patterns.problem(node.pattern.value);
    if (problem !== null) {
      const remedy = "Write a regular expression in RE2 syntax, without look-around and back-references.";
      this.#report.error("S-CHECK-PATTERN", node.pattern.span, problem, remedy);
      return;
    }
    this.#checks.push({ property: member.id, pattern: node.pattern.value });
  }

  #allowedHere(node: Extract<ConstraintNode, { kind: "range" | "check" }>): boolean {
    if (this.#kind === "node") return true;
    const remedy = "Take it out; edges have @unique and @index.";
    this.#report.error("S-EDGE-CONSTRAINT", node.span, `an edge type has no @${node.kind}`, remedy);
    return false;
  }

  #end(name: NameNode): "src" | "dst" | null {
    if (this.#kind === "node") return null;
    const end = name.text.replace(/^@/u, "");
    return end === "src" || end === "dst" ? end : null;
  }

  #member(kind: string, name: NameNode): Member | null {
    const member = this.#members.get(name.text);
    if (member !== undefined) return member;
    this.#report.error(
      "S-MEMBER-UNKNOWN",
      name.span,
      `@${kind} names ${name.text}, which is no property`,
      () => didYouMean(name.text, this.#report.candidates(this.#members.keys()), "property"),
    );
    return null;
  }
}

const TYPE_REFUSALS = {
  key: ["S-KEY-TYPE", "Make the key of plain scalars that are always there."],
  unique: ["S-UNIQUE-TYPE", "Use properties of a plain scalar."],
  index: ["S-INDEX-TYPE", "Take the index out."],
} as const;

function typeProblem(kind: "key" | "unique" | "index", type: ValueType): string | null {
  if (type.scalar === "Blob") return "a blob";
  if (kind === "index") return null;
  if (type.list) return "a list";
  if (type.dimension !== null) return "a vector";
  return kind === "key" && type.nullable ? "optional" : null;
}

function isNumber({ scalar, list, dimension }: ValueType): boolean {
  return (scalar in INTEGER_BOUNDS || scalar === "F32" || scalar === "F64") && !list && dimension === null;
}

/** Whether no value of the type lies between the bounds. Comparisons of number and bigint are exact. */
function isEmptyRange(
  { scalar }: ValueType,
  min: number | bigint | null,
  max: number | bigint | null,
): boolean {
  if (scalar !== "I32" && scalar !== "I64" && scalar !== "U32" && scalar !== "U64") {
    return min !== null && max !== null && min > max;
  }
  const [least, most] = INTEGER_BOUNDS[scalar];
  const from = min === null ? least : BigInt(typeof min === "number" ? Math.ceil(min) : min);
  const to = max === null ? most : BigInt(typeof max === "number" ? Math.floor(max) : max);
  return from > to || from > most || to < least;
}
