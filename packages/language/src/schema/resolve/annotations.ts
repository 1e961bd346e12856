import type { Value } from "@omnigraph/base";
import { integerValue } from "../../types/literals.ts";
import { closest } from "../../text/suggest.ts";
import type { Annotation } from "../catalog/catalog.ts";
import type { Report } from "./report.ts";
import type { AnnotationNode, ArgumentNode } from "../syntax/tree.ts";

/** What carries an annotation. */
export type Place = "property" | "node" | "edge";

interface KnownAnnotation {
  readonly places: readonly Place[];
  readonly argument: "none" | "string" | "name" | "literal";
  readonly named: readonly string[];
  /** How it is written. */
  readonly form: string;
}

const ANYWHERE: readonly Place[] = ["property", "node", "edge"];

const KNOWN: ReadonlyMap<string, KnownAnnotation> = new Map<string, KnownAnnotation>([
  ["key", { places: ["property"], argument: "none", named: [], form: "@key" }],
  ["unique", { places: ["property"], argument: "none", named: [], form: "@unique" }],
  ["index", { places: ["property"], argument: "none", named: [], form: "@index" }],
  // With parentheses the grammar reads a constraint, so only uses without them come here.
  ["range", { places: [], argument: "none", named: [], form: "@range(property, min..max) in the body" }],
  ["check", { places: [], argument: "none", named: [], form: '@check(property, "pattern") in the body' }],
  ["card", { places: [], argument: "none", named: [], form: "@card(min..max) after the ends of an edge" }],
  ["default", { places: ["property"], argument: "literal", named: [], form: "@default(value)" }],
  [
    "embed",
    {
      places: ["property"],
      argument: "name",
      named: ["model"],
      form: '@embed("property") or @embed("property", model = "…")',
    },
  ],
  ["rename_from", { places: ANYWHERE, argument: "name", named: [], form: '@rename_from("old")' }],
  ["description", { places: ANYWHERE, argument: "string", named: [], form: '@description("…")' }],
  ["instruction", { places: ANYWHERE, argument: "string", named: [], form: '@instruction("…")' }],
]);

/**
 * The annotations as the catalog keeps them, unknown ones included. Annotations of the language are checked: their place,
 * their arguments, and that each is given once.
 */
export function resolveAnnotations(
  nodes: readonly AnnotationNode[],
  place: Place,
  report: Report,
): readonly Annotation[] {
  const seen = new Set<string>();
  return nodes.map((node) => {
    const name = node.name.text;
    const known = KNOWN.get(name);
    if (known === undefined) checkUnknown(node, report);
    else {
      checkKnown(node, known, place, report);
      if (seen.has(name)) {
        report.error("S-ANNOTATION-TWICE", node.span, `@${name} is given twice`, "Keep one of them.");
      }
      seen.add(name);
    }
    return resolve(node, report);
  });
}

/** The text of an argument that is a string or a bare name; null for any other. */
export function argumentText(argument: ArgumentNode | null): string | null {
  if (argument?.kind === "name") return argument.text;
  return argument?.kind === "string" ? argument.value : null;
}

/** Annotations whose misspelling is an error and never metadata. */
const DECISIVE = ["key", "unique", "index", "card"];

function checkUnknown({ name: { text }, span }: AnnotationNode, report: Report): void {
  const decisive = closest(text, DECISIVE, 1);
  const meant = decisive ?? closest(text, KNOWN.keys());
  if (meant === null) return;
  const message = `there is no annotation @${text}`;
  const remedy = `Did you mean \`${KNOWN.get(meant)?.form ?? `@${meant}`}\`?`;
  if (decisive === null) {
    report.warning("S-ANNOTATION-MISSPELT", span, `${message}; it is kept as metadata`, remedy);
  } else {
    report.error("S-ANNOTATION-MISSPELT", span, message, remedy);
  }
}

function checkKnown(node: AnnotationNode, known: KnownAnnotation, place: Place, report: Report): void {
  const remedy = `Write ${known.form}.`;
  const name = `@${node.name.text}`;
  if (known.places.length === 0) {
    report.error("S-ANNOTATION-ARGUMENT", node.span, `${name} says nothing without its arguments`, remedy);
    return;
  }
  if (!known.places.includes(place)) {
    const where =
      place === "property" ? "a property" : `the type of ${place === "node" ? "a node" : "an edge"}`;
    report.error(
      "S-ANNOTATION-PLACE",
      node.span,
      `${name} means nothing on ${where}`,
      `Put it on a property.`,
    );
    return;
  }
  if (!argumentFits(node.value, known.argument)) {
    report.error("S-ANNOTATION-ARGUMENT", node.span, `${name} has another argument than it takes`, remedy);
    return;
  }
  const given = new Set<string>();
  for (const { name: argument, value, span } of node.named) {
    const taken = given.has(argument.text) || !known.named.includes(argument.text);
    given.add(argument.text);
    if (!taken && value.kind === "string") continue;
    report.error("S-ANNOTATION-ARGUMENT", span, `${name} does not take this ${argument.text}`, remedy);
  }
}

function argumentFits(value: ArgumentNode | null, wanted: KnownAnnotation["argument"]): boolean {
  switch (wanted) {
    case "none":
      return value === null;
    case "string":
      return value?.kind === "string";
    case "name":
      return value?.kind === "string" || value?.kind === "name";
    case "literal":
      return value !== null;
  }
}

function resolve(node: AnnotationNode, report: Report): Annotation {
  const named = node.named.map(({ name, value }) => [name.text, plainValue(value, report)] as const);
  return {
    name: node.name.text,
    value: node.value === null ? undefined : plainValue(node.value, report),
    named: Object.fromEntries(named),
  };
}

/** An argument as metadata: dates keep their text, since their type is unknown. */
function plainValue(node: ArgumentNode, report: Report): Value {
  switch (node.kind) {
    case "name":
    case "date":
    case "datetime":
      return node.text;
    case "string":
    case "boolean":
      return node.value;
    case "integer":
      return integerValue(node.value);
    case "float":
      if (!Number.isFinite(node.value)) {
        report.error("S-NUMBER", node.span, "the number is too large for a float", "Write a smaller one.");
      }
      return node.value;
    case "list":
      return node.items.map((item) => plainValue(item, report));
  }
}
