import { OmnigraphError } from "@omnigraph/base";
import {
  applyCluster,
  approveInCluster,
  clusterStatus,
  lookAtCluster,
  planCluster,
  unlockCluster,
  validateCluster,
} from "@omnigraph/cluster";
import { surroundings } from "../clusters.ts";
import { authorOf, type Context, type GlobalOptions, say } from "../context.ts";
import type { Define } from "../define.ts";
import { withJson } from "../options.ts";
import {
  appliedText,
  approvedText,
  planText,
  statusText,
  unlockText,
  validateText,
} from "../output/cluster.ts";
import type { Shown } from "../output/shown.ts";

interface Options extends GlobalOptions {
  readonly config: string;
}

/** What every command on a cluster answers. */
interface Report {
  readonly ok: boolean;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Graphs as a folder describes them: cluster.yaml names their schemas, stored queries and policies. What it describes is planned, and applied beside running servers. " +
        "The report is printed whatever the outcome; exit code 1 where something is wrong with the folder, 4 where another process applied meanwhile.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph cluster import --config ./company\n  omnigraph cluster plan --config ./company\n" +
        "  omnigraph cluster apply --config ./company\n  omnigraph cluster approve graph.films --config ./company --as ann",
    );
  defineValidate(command.command("validate"), context);
  definePlan(command.command("plan"), context);
  defineApply(command.command("apply"), context);
  defineApprove(command.command("approve"), context);
  defineStatus(command.command("status"), context);
  defineLook("import", "look at the graphs that are there, and make the state")(
    command.command("import"),
    context,
  );
  defineLook("refresh", "look at the graphs again: what is gone, and what others changed")(
    command.command("refresh"),
    context,
  );
  defineUnlock(command.command("force-unlock"), context);
};

const defineValidate: Define = (command, context) => {
  command
    .summary("check the folder")
    .addHelpText("after", "\nExample:\n  omnigraph cluster validate --config ./company");
  withFolder(command).action(async (options: Options) => {
    const answer = await validateCluster(options.config);
    return report(context, options, answer, validateText(answer));
  });
};

const definePlan: Define = (command, context) => {
  command
    .summary("say what an apply would change")
    .addHelpText("after", "\nExample:\n  omnigraph cluster plan --config ./company");
  withFolder(command).action(async (options: Options) => {
    const answer = await planCluster(options.config, surroundings());
    return report(context, options, answer, planText(answer));
  });
};

const defineApply: Define = (command, context) => {
  command
    .summary("make the cluster what the folder describes")
    .description(
      "Makes graphs, gives them their schemas, and publishes queries and policies. An apply that was interrupted is brought to its end by the next one. " +
        "A graph that the folder leaves out stays until its deletion is approved.",
    )
    .option("--as <actor>", "author of what it does in graphs")
    .addHelpText("after", "\nExample:\n  omnigraph cluster apply --config ./company");
  withFolder(command).action(async (options: Options) => {
    const actor = (await authorOf(context, options)) ?? null;
    const answer = await applyCluster(options.config, surroundings(), { actor });
    return report(context, options, answer, appliedText(answer));
  });
};

const defineApprove: Define = (command, context) => {
  command
    .summary("permit the deletion of a graph that the folder leaves out")
    .description(
      "Permits the next apply to delete a graph with its history. The approval is for this graph as it was applied, and for the folder as it is now: where either changes, it is void.",
    )
    .argument("<resource>", "the graph, as cluster plan names it: graph.films")
    .option("--as <actor>", "who approves")
    .addHelpText("after", "\nExample:\n  omnigraph cluster approve graph.films --config ./company --as ann");
  withFolder(command).action(async (resource: string, options: Options) => {
    const actor = await authorOf(context, options);
    if (actor === undefined)
      throw new OmnigraphError(
        "usage",
        "an approval is somebody's: give --as <actor>, or set OMNIGRAPH_ACTOR",
      );
    const answer = await approveInCluster(options.config, resource, actor, surroundings());
    return report(context, options, answer, approvedText(answer));
  });
};

const defineStatus: Define = (command, context) => {
  command
    .summary("say what was applied, and how it stands")
    .addHelpText("after", "\nExample:\n  omnigraph cluster status --config ./company");
  withFolder(command).action(async (options: Options) => {
    const answer = await clusterStatus(options.config, surroundings());
    return report(context, options, answer, statusText(answer));
  });
};

function defineLook(operation: "import" | "refresh", summary: string): Define {
  return (command, context) => {
    command
      .summary(summary)
      .addHelpText("after", `\nExample:\n  omnigraph cluster ${operation} --config ./company`);
    withFolder(command).action(async (options: Options) => {
      const answer = await lookAtCluster(options.config, operation, surroundings());
      return report(context, options, answer, statusText(answer));
    });
  };
}

const defineUnlock: Define = (command, context) => {
  command
    .summary("for scripts that break locks: there are none here")
    .argument("<lock>", "id of a lock")
    .addHelpText(
      "after",
      "\nExample:\n  omnigraph cluster force-unlock 01J8ZQ5K0000000000000000R2 --config ./company",
    );
  withFolder(command).action(async (lock: string, options: Options) => {
    const answer = unlockCluster(options.config, lock);
    return report(context, options, answer, unlockText(answer));
  });
};

function withFolder(command: Parameters<Define>[0]): Parameters<Define>[0] {
  return withJson(command).option("--config <folder>", "folder of the cluster", ".");
}

/** Prints a report on standard output, whatever it says. */
async function report(context: Context, options: Options, answer: Report, text: Shown): Promise<void> {
  await say(context, options, answer, text);
  if (!answer.ok) context.exit(1);
}
