import { counted } from "@omnigraph/base";
import {
  type InterruptedWrite,
  type RecoveryEntry,
  recoveryEntryJson,
  recoveryListJson,
  type RecoveryOutcome,
  recoveryOutcomeJson,
  recoverySettledJson,
} from "@omnigraph/wire";
import { type GlobalOptions, say } from "../context.ts";
import { storeOf } from "../place.ts";
import type { Define } from "../define.ts";
import { withAddress, withJson } from "../options.ts";
import { joined, type Shown, shown } from "../output/shown.ts";
import { type Column, table } from "../output/table.ts";

interface DiscardOptions extends GlobalOptions {
  readonly confirm?: boolean;
}

const HEAD: readonly Column[] = [
  { name: "id", whole: true },
  "what",
  "branch",
  "author",
  "staged",
  "process",
];

export const define: Define = (command, context) => {
  command
    .description(
      "Large writes whose process ended before they were published. A graph that is opened for writing settles them by itself once it is known that the process is gone.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph recovery list ./my.omni\n  omnigraph recovery settle ./my.omni\n" +
        "  omnigraph recovery discard 01M84CRWS8ZK6R1TQ5V9WX2YJ7 ./my.omni",
    );
  defineList(command.command("list"), context);
  defineShow(command.command("show"), context);
  defineSettle(command.command("settle"), context);
  defineDiscard(command.command("discard"), context);
};

const defineList: Define = (command, context) => {
  command
    .summary("what is not settled")
    .addHelpText("after", "\nExample:\n  omnigraph recovery list ./my.omni");
  withGraph(command).action(async (address: string | undefined, options: GlobalOptions) => {
    const uri = await storeOf(context, options, address);
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(uri, { readOnly: true });
    const entries = await graph.recovery.list({ signal: context.signal });
    const text =
      entries.length === 0
        ? shown`nothing was interrupted\n`
        : table(HEAD, entries.map(rowOf), context.terminal);
    return say(context, options, recoveryListJson(entries, uri), text);
  });
};

const defineShow: Define = (command, context) => {
  command
    .summary("one of them, with its objects")
    .argument("<id>", "its id, as recovery list has it")
    .addHelpText("after", "\nExample:\n  omnigraph recovery show 01M84CRWS8ZK6R1TQ5V9WX2YJ7 ./my.omni");
  withGraph(command).action(async (id: string, address: string | undefined, options: GlobalOptions) => {
    const uri = await storeOf(context, options, address);
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(uri, { readOnly: true });
    const entry = await graph.recovery.show(id, { signal: context.signal });
    return say(context, options, recoveryEntryJson(entry), describe(entry));
  });
};

const defineSettle: Define = (command, context) => {
  command
    .summary("publish or give up all whose process is gone")
    .addHelpText(
      "after",
      "\nWhere a process cannot be known to be gone its write is watched for half a minute.\n\nExample:\n  omnigraph recovery settle ./my.omni",
    );
  withGraph(command).action(async (address: string | undefined, options: GlobalOptions) => {
    const uri = await storeOf(context, options, address);
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(uri);
    const settled = await graph.recovery.settle({ signal: context.signal });
    const text = settled.length === 0 ? shown`nothing to settle\n` : joined(settled.map(told));
    return say(context, options, recoverySettledJson(settled, uri), text);
  });
};

const defineDiscard: Define = (command, context) => {
  command
    .summary("give one up, and remove what it had staged")
    .argument("<id>", "its id, as recovery list has it")
    .option("--confirm", "also what nobody can read, and a write whose process is not known to be gone")
    .addHelpText("after", "\nExample:\n  omnigraph recovery discard 01M84CRWS8ZK6R1TQ5V9WX2YJ7 ./my.omni");
  withGraph(command).action(async (id: string, address: string | undefined, options: DiscardOptions) => {
    const uri = await storeOf(context, options, address);
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(uri);
    const outcome = await graph.recovery.discard(id, {
      confirm: options.confirm === true,
      signal: context.signal,
    });
    return say(context, options, recoveryOutcomeJson(outcome), told(outcome));
  });
};

function rowOf({ id, state, write }: RecoveryEntry): readonly string[] {
  if (write === null) return [id, state, "", "", "", ""];
  const { kind, branch, actor, isComplete, owner, isOrphaned } = write;
  const process = owner === null ? "" : `${owner.pid} on ${owner.host}`;
  return [id, kind, branch, actor ?? "", isComplete ? "all" : "in part", isOrphaned ? "gone" : process];
}

function describe({ id, state, write, objects, bytes, problem }: RecoveryEntry): Shown {
  const head =
    write === null
      ? shown`${id}: ${state}${problem === null ? "" : `, ${problem}`}\n`
      : shown`${id}: ${write.kind} ${write.op} ${onBranch(write)}, evaluated on commit ${write.base}\n`;
  const facts =
    write === null
      ? []
      : [
          shown`author ${write.actor ?? "unknown"}, message ${write.message ?? "none"}\n`,
          shown`${write.isComplete ? "everything is staged" : "not everything is staged"}; its process ${write.isOrphaned ? "is gone" : "may be at work"}\n`,
        ];
  const keys = objects.map((key) => shown`  ${key}\n`);
  return joined([
    head,
    ...facts,
    shown`${counted(objects.length, "object")}, ${String(bytes)} bytes\n`,
    ...keys,
  ]);
}

function told({ id, write, outcome, commit, problem }: RecoveryOutcome): Shown {
  const what = write === null ? id : `${write.kind} ${write.op} ${onBranch(write)}`;
  switch (outcome) {
    case "published":
      return shown`${what}: published, commit ${commit ?? ""}\n`;
    case "given_up":
      return shown`${what}: given up${commit === null ? "" : ` by commit ${commit}`}\n`;
    case "branch_deleted":
      return shown`${what}: gone with its branch\n`;
    case "removed":
      return shown`${what}: its objects were removed\n`;
    case "failed":
      return shown`${what}: not settled, ${problem ?? ""}\n`;
  }
}

function onBranch({ branch, makesBranch }: InterruptedWrite): string {
  return makesBranch ? `that makes branch ${branch}` : `on branch ${branch}`;
}

function withGraph(command: Parameters<Define>[0]): Parameters<Define>[0] {
  return withAddress(withJson(command));
}
