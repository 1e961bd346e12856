import { writeJson } from "@omnigraph/base";
import type { Define } from "../define.ts";
import { echoTarget, type GlobalOptions, storeOf } from "../context.ts";
import { warn } from "../failure.ts";
import { given, withJson, withTarget, withWrite } from "../options.ts";
import { mutationJson } from "../output/wire.ts";
import { queryParameters, querySource, type SourceOptions } from "../source.ts";
import { write } from "../terminal.ts";

interface Options extends GlobalOptions, SourceOptions {
  readonly branch: string;
  readonly ifCommit?: string;
  readonly message?: string;
  readonly op?: string;
}

export const define: Define = (command, context) => {
  command
    .description("Runs a mutation: one commit, all or nothing.")
    .argument("[name]", "the query's name; not needed when the source holds one")
    .option("--query <file>", "query source (.gq)")
    .option("-e, --query-string <source>", "query source as text")
    .option("--params <json>", "parameters as a JSON object")
    .option("--params-file <file>", "parameters from a file")
    .option(
      "--if-commit <commit>",
      "write only when this is the newest commit with changes (exit code 4 when not)",
    )
    .addHelpText(
      "after",
      "\nExample:\n  omnigraph mutate --store ./my.omni --as ann -e 'query add($n: String) { insert Person { name: $n } }' --params '{\"n\": \"Eve\"}'",
    );
  withJson(withWrite(withTarget(command))).action(async (name: string | undefined, options: Options) => {
    const uri = storeOf(options);
    const source = await querySource(options);
    const parameters = await queryParameters(options);
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(uri);
    await echoTarget(context, options, uri, options.branch);
    const answer = await graph.mutate(source.text, parameters, {
      ...given({
        name,
        ifCommit: options.ifCommit,
        actor: options.as,
        message: options.message,
        op: options.op,
      }),
      file: source.file,
      branch: options.branch,
      signal: context.signal,
    });
    await warn(answer.warnings, options.json === true, context.terminal);
    if (options.json === true) return write(context.terminal.out, `${writeJson(mutationJson(answer), 2)}\n`);
    const done = answer.commit === null ? "no commit: nothing matched" : `commit ${answer.commit.id}`;
    const counts = `${answer.affectedNodes} nodes, ${answer.affectedEdges} edges`;
    return write(
      context.terminal.out,
      `${answer.queryName} on ${answer.branch}: ${counts} affected, ${done}\n`,
    );
  });
};
