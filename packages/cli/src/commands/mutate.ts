import { given, counted } from "@omnigraph/base";
import { mutationJson } from "@omnigraph/wire";
import type { MutationAnswer } from "omnigraph";
import type { Define } from "../define.ts";
import { authorOf, echoTarget, type GlobalOptions, say, storeOf } from "../context.ts";
import { warn } from "../failure.ts";
import { withJson, withTarget, withWrite } from "../options.ts";
import { type Shown, shown } from "../output/shown.ts";
import { nameAndAddress, queryParameters, querySource, type SourceOptions, withSource } from "../source.ts";

interface Options extends GlobalOptions, SourceOptions {
  readonly branch: string;
  readonly ifCommit?: string;
  readonly message?: string;
  readonly op?: string;
}

export const define: Define = (command, context) => {
  command
    .description("Runs a mutation: one commit, all or nothing.")
    .option(
      "--if-commit <commit>",
      "write only when this is the newest commit with changes (exit code 4 when not)",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph mutate ./my.omni -e 'delete Person where name = \"Eve\"'\n" +
        "  omnigraph mutate ./my.omni --as ann -e 'query add($n: String) { insert Person { name: $n } }' --params '{\"n\": \"Eve\"}'",
    );
  withJson(withWrite(withTarget(withSource(command)))).action(
    async (first: string | undefined, second: string | undefined, options: Options) => {
      const { name, address } = nameAndAddress(first, second);
      const uri = await storeOf(context, options, address);
      const actor = await authorOf(context, options);
      const source = await querySource(context, options);
      const parameters = await queryParameters(context, options);
      const { Omnigraph } = await import("omnigraph");
      await using graph = await Omnigraph.open(uri, { maintenance: "off" });
      await echoTarget(context, options, uri, options.branch);
      const answer = await graph.mutate(source.text, parameters, {
        ...given({
          name,
          ifCommit: options.ifCommit,
          actor,
          message: options.message,
          op: options.op,
        }),
        file: source.file,
        branch: options.branch,
        signal: context.signal,
      });
      await warn(answer.warnings, options.json === true, context.terminal);
      await say(context, options, mutationJson(answer), describe(answer));
    },
  );
};

function describe({ queryName, branch, affectedNodes, affectedEdges, commit }: MutationAnswer): Shown {
  const done = commit === null ? "no commit: nothing matched" : `commit ${commit.id}`;
  const counts = `${counted(affectedNodes, "node")}, ${counted(affectedEdges, "edge")}`;
  return shown`${queryName} on ${branch}: ${counts} affected, ${done}\n`;
}
