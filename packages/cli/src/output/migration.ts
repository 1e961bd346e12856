import { counted, unreachable, type Value, writeJson } from "@omnigraph/base";
import { type Annotation, formatType, type MigrationStep, type NamedConstraint } from "@omnigraph/language";
import type { SchemaApplied, SchemaDiff, SchemaPlan } from "@omnigraph/wire";
import { diffArrays } from "diff";
import { joined, type Shown, shown } from "./shown.ts";

/** A plan for people: a line for each step, and what it comes to. */
export function planText({ supported, steps }: SchemaPlan): Shown {
  if (steps.length === 0) return shown`nothing to change: the schemas mean the same\n`;
  const refused = steps.filter(({ kind }) => kind === "unsupported_change").length;
  const total = supported
    ? `${counted(steps.length, "step")}; every one can be taken`
    : `${counted(steps.length, "step")}; ${refused} cannot be taken`;
  return shown`${stepLines(steps)}${total}\n`;
}

/** What was applied, for people: a line for each step, and the commit. */
export function appliedText({ branch, steps, commit }: SchemaApplied): Shown {
  if (commit === null) return shown`nothing to change: branch ${branch} has this schema\n`;
  return shown`${stepLines(steps)}schema applied on ${branch}, commit ${commit.id}\n`;
}

/** How two schemas differ, for people: a line for each step; for `pg` the declarations that differ, lines of the first alone marked with -, those of the second alone with +. */
export function diffText({ steps, declarations }: SchemaDiff, pg: boolean): Shown {
  if (declarations.length === 0) return shown`the schemas mean the same\n`;
  if (!pg) return stepLines(steps);
  const runs = declarations.flatMap(({ before, after }) => diffArrays(linesOf(before), linesOf(after)));
  const lines = runs.flatMap(({ removed, added, value }) => {
    const mark = removed ? "-" : added ? "+" : " ";
    return value.map((line) => shown`${mark} ${line}\n`);
  });
  return joined(lines);
}

function linesOf(text: string | null): string[] {
  return text === null ? [] : text.trimEnd().split("\n");
}

/** A line for each step. */
export function stepLines(steps: readonly MigrationStep[]): Shown {
  return joined(steps.map((step) => shown`${MARKS[step.kind]} ${stepText(step)}\n`));
}

const MARKS: Readonly<Record<MigrationStep["kind"], string>> = {
  add_type: "+",
  rename_type: "~",
  drop_type: "-",
  add_property: "+",
  rename_property: "~",
  drop_property: "-",
  extend_enum: "~",
  change_property_type: "~",
  add_constraint: "+",
  drop_constraint: "-",
  update_type_metadata: "~",
  update_property_metadata: "~",
  unsupported_change: "!",
};

function stepText(step: MigrationStep): string {
  if (step.kind === "unsupported_change") return `${step.entity}: ${step.reason}${coded(step.code)}`;
  const type = `${step.typeKind} ${step.typeName}`;
  const property = "propertyName" in step ? `${type}: ${step.propertyName}` : "";
  switch (step.kind) {
    case "add_type":
      return type;
    case "rename_type":
      return `${type}, which was ${step.from}`;
    case "drop_type":
      return `${type}${dropped(step)}`;
    case "add_property":
      return `${property}: ${formatType(step.propertyType)}`;
    case "rename_property":
      return `${property}, which was ${step.from}`;
    case "drop_property":
      return `${property}${dropped(step)}`;
    case "extend_enum":
      return `${property} may be ${step.addedValues.join(", ")} too`;
    case "change_property_type":
      return `${property}: ${formatType(step.from)} becomes ${formatType(step.to)}`;
    case "add_constraint":
    case "drop_constraint":
      return `${type}: ${constraintText(step.constraint)}`;
    case "update_type_metadata":
      return `${type}: ${annotationsText(step.annotations)}`;
    case "update_property_metadata":
      return `${property}: ${annotationsText(step.annotations)}`;
    default:
      return unreachable(step);
  }
}

function dropped({ mode, code }: Extract<MigrationStep, { mode: unknown }>): string {
  return mode === "soft" ? " (older commits can still read it)" : ` (for good)${coded(code)}`;
}

function coded(code: string | null): string {
  return code === null ? "" : ` [${code}]`;
}

function constraintText(constraint: NamedConstraint): string {
  switch (constraint.kind) {
    case "index":
    case "unique":
    case "key":
      return `@${constraint.kind}(${constraint.members.join(", ")})`;
    case "range":
      return `@range(${constraint.property}, ${constraint.min ?? ""}..${constraint.max ?? ""})`;
    case "check":
      return `@check(${constraint.property}, ${JSON.stringify(constraint.pattern)})`;
    case "cardinality":
      return `@card(${constraint.min}..${constraint.max ?? ""})`;
    case "implements":
      return `implements ${constraint.members.join(", ")}`;
    default:
      return unreachable(constraint);
  }
}

function annotationsText(annotations: readonly Annotation[]): string {
  if (annotations.length === 0) return "no annotations";
  return annotations
    .map(({ name, value }) => (value === undefined ? `@${name}` : `@${name}(${written(value)})`))
    .join(" ");
}

/** The argument of an annotation, which is never a vector. */
function written(value: Value): string {
  return value instanceof Float32Array
    ? ""
    : Array.isArray(value)
      ? `[${value.map(written).join(", ")}]`
      : writeJson(value);
}
