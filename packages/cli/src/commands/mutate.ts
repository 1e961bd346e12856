import { given, counted } from "@omnigraph/base";
import { mutationJson } from "@omnigraph/wire";
import type { MutationAnswer } from "omnigraph";
import type { Define } from "../define.ts";
import { authorOf, echoTarget, type GlobalOptions, say } from "../context.ts";
import { openAt, placeOf, storedIn } from "../place.ts";
import { warn } from "../failure.ts";
import { withJson, withServer, withTarget, withWrite } from "../options.ts";
import { type Shown, shown } from "../output/shown.ts";
import {
  isStored,
  nameAndAddress,
  queryParameters,
  querySource,
  type SourceOptions,
  withSource,
} from "../source.ts";

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
  withJson(withWrite(withServer(withTarget(withSource(command))))).action(
    async (first: string | undefined, second: string | undefined, options: Options) => {
      const { name, address } = nameAndAddress(first, second);
      const place = await placeOf(context, options, address);
      const actor = await authorOf(context, options, place);
      const stored = isStored(place, name, options) ? name : null;
      const source = stored === null ? await querySource(context, options) : null;
      const parameters = await queryParameters(context, options);
      await using open = await openAt(context, place, { maintenance: "off" });
      await echoTarget(context, options, place.uri, options.branch);
      const { ifCommit, message, op, branch } = options;
      const asked = { ...given({ ifCommit, actor, message, op }), branch, signal: context.signal };
      const answer =
        source === null
          ? await storedIn(open).change(stored ?? "", parameters, asked)
          : await open.graph.mutate(source.text, parameters, {
              ...asked,
              ...given({ name }),
              file: source.file,
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
