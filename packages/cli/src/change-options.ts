import { given, OmnigraphError } from "@omnigraph/base";
import type { Command } from "commander";
import type { ChangeFilter, ChangeOperation, EntityKind } from "omnigraph";

/** The options of commands that show changes. */
export interface ChangeOptions {
  readonly kind?: readonly EntityKind[];
  readonly type?: readonly string[];
  readonly op?: readonly ChangeOperation[];
}

const KINDS: readonly EntityKind[] = ["node", "edge"];
const OPERATIONS: readonly ChangeOperation[] = ["insert", "update", "delete"];

/** Adds the options that filter changes; each may be given several times. */
export function withChangeFilter(command: Command): Command {
  return command
    .option("--kind <kind>", "only nodes or edges; may be given several times", oneOf("--kind", KINDS))
    .option("--type <name>", "only this type; may be given several times", also)
    .option(
      "--op <operation>",
      "only inserts, updates or deletes; may be given several times",
      oneOf("--op", OPERATIONS),
    );
}

export function filterOf({ kind, type, op }: ChangeOptions): ChangeFilter {
  return given({ kinds: kind, types: type, ops: op });
}

function also(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function oneOf<T extends string>(
  option: string,
  choices: readonly T[],
): (value: string, before?: readonly T[]) => readonly T[] {
  return (value, before = []) => {
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return [...before, chosen];
    throw new OmnigraphError("usage", `${option} takes ${choices.join(" or ")}, not ${value}`);
  };
}
