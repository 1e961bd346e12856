import { counted, given } from "@omnigraph/base";
import { type FsckAnswer, type FsckFinding, fsckJson } from "@omnigraph/wire";
import type { FsckProgress } from "omnigraph";
import { type Context, type GlobalOptions, say } from "../context.ts";
import { storeOf } from "../place.ts";
import type { Define } from "../define.ts";
import { withAddress, withJson } from "../options.ts";
import { type Shown, shown } from "../output/shown.ts";

interface Options extends GlobalOptions {
  readonly branch?: string;
}

const EXIT_FINDINGS = 1;
const PROGRESS_EVERY_MS = 2000;

export const define: Define = (command, context) => {
  command
    .description(
      "Checks everything in a graph, also in one that does not open: commits, tables, what is derived from them, and the rows of every branch. " +
        "Changes nothing. Exit code 1 if there is an error or a warning.",
    )
    .option("--branch <name>", "scan the rows of this branch alone")
    .addHelpText("after", "\nExamples:\n  omnigraph fsck ./my.omni\n  omnigraph fsck ./my.omni --json");
  withJson(withAddress(command)).action(async (uri: string | undefined, options: Options) => {
    const store = await storeOf(context, options, uri);
    const { Omnigraph } = await import("omnigraph");
    const isQuiet = options.quiet === true || options.json === true;
    const answer = await Omnigraph.fsck(store, {
      ...given({ branch: options.branch }),
      signal: context.signal,
      onFinding: (finding) => {
        if (options.json !== true) context.terminal.out.mention(describe(finding));
      },
      onProgress: isQuiet ? () => undefined : reporter(context),
    });
    if (!answer.isClean) context.exit(EXIT_FINDINGS);
    return say(context, options, fsckJson(answer, store), summary(answer));
  });
};

function describe({ severity, class: name, place, problem, harm, advice }: FsckFinding): Shown {
  return shown`${severity}[${name}]: ${place}: ${problem}\n  harms: ${harm}\n  help: ${advice}\n`;
}

function summary({ isClean, errors, warnings, notes, checked }: FsckAnswer): Shown {
  const { branches, slots, tables } = checked;
  const what = `${counted(slots, "slot")}, ${counted(tables, "table")} and the rows of ${counted(branches, "branch", "branches")}`;
  const noted = notes === 0 ? "" : `, ${counted(notes, "note")}`;
  if (isClean) return shown`clean: ${what}${noted}\n`;
  return shown`damaged: ${counted(errors, "error")}, ${counted(warnings, "warning")}${noted} in ${what}\n`;
}

/** A line now and then on standard error. */
function reporter({ terminal }: Context): (progress: FsckProgress) => void {
  let last = Date.now();
  return ({ phase, done, total }) => {
    if (Date.now() - last < PROGRESS_EVERY_MS) return;
    last = Date.now();
    terminal.err.mention(shown`checking ${phase}: ${done} of ${total}\n`);
  };
}
