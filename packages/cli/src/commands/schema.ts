import { given, writeJson } from "@omnigraph/base";
import { schemaApplyJson, schemaDiffJson, type SchemaJson, schemaPlanJson } from "@omnigraph/wire";
import type { Command } from "commander";
import type { Define } from "../define.ts";
import { authorOf, type Context, echoTarget, type GlobalOptions, say } from "../context.ts";
import { openAt, placeOf, storeOf } from "../place.ts";
import { inputName, readInput } from "../files.ts";
import { COMMIT, withAddress, withJson, withServer, withTarget, withWrite } from "../options.ts";
import { appliedText, diffText, planText } from "../output/migration.ts";

interface Options extends GlobalOptions {
  readonly branch: string;
}

interface PlanOptions extends Options {
  readonly schema: string;
  readonly allowDataLoss?: boolean;
}

interface ApplyOptions extends PlanOptions {
  readonly ifCommit?: string;
  readonly message?: string;
  readonly op?: string;
}

export const define: Define = (command, context) => {
  command
    .description("The schema of a graph.")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph schema show ./my.omni\n  omnigraph schema plan --schema schema.pg ./my.omni\n  omnigraph schema apply --schema schema.pg ./my.omni",
    );
  defineShow(command, context);
  definePlan(command, context);
  defineApply(command, context);
  defineDiff(command, context);
};

function defineShow(command: Command, context: Context): void {
  const show = command
    .command("show")
    .summary("print the schema as it was given")
    .argument("[uri]", "address of the graph")
    .addHelpText("after", "\nExample:\n  omnigraph schema show ./my.omni > schema.pg");
  withJson(withServer(withTarget(show))).action(async (uri: string | undefined, options: Options) => {
    await using open = await openAt(context, await placeOf(context, options, uri), { readOnly: true });
    const source = await open.graph.schema.show({ branch: options.branch });
    const text = source.endsWith("\n") ? source : `${source}\n`;
    // The source is written as data, so that redirecting it to a file gives the schema byte for byte.
    const json: SchemaJson = { schema_source: source };
    return context.terminal.out.data(options.json === true ? `${writeJson(json, 2)}\n` : text);
  });
}

function definePlan(command: Command, context: Context): void {
  const plan = command
    .command("plan")
    .summary("say what another schema would change")
    .description(
      "Compares a schema file with the schema of a graph: the steps from one to the other, and those that cannot be taken, with why and which entities are in the way. " +
        "Types and properties are the same by name, or by @rename_from. Changes nothing; the plan is printed whatever it says.",
    )
    .argument("[uri]", "address of the graph")
    .requiredOption("--schema <file>", "schema source (.pg), or - for standard input")
    .option("--allow-data-loss", "drop for good: older commits cannot read it either")
    .addHelpText("after", "\nExample:\n  omnigraph schema plan --schema schema.pg ./my.omni");
  withJson(withServer(withTarget(plan))).action(async (uri: string | undefined, options: PlanOptions) => {
    const source = await readInput(context, options.schema, "schema");
    const place = await placeOf(context, options, uri);
    await using open = await openAt(context, place, { readOnly: true });
    const { branch, allowDataLoss } = options;
    const answer = await open.graph.schema.plan(
      source,
      given({ branch, allowDataLoss, file: inputName(options.schema), signal: context.signal }),
    );
    return say(context, options, schemaPlanJson(answer, place.uri), planText(answer));
  });
}

function defineApply(command: Command, context: Context): void {
  const apply = command
    .command("apply")
    .summary("give a graph another schema")
    .description(
      "Gives a branch the schema of a file, by one commit that rewrites no row: all steps of its plan, or none. What is dropped stays in older commits. " +
        "Exit code 1 where a step cannot be taken: each is named, with why and which entities are in the way.",
    )
    .argument("[uri]", "address of the graph")
    .requiredOption("--schema <file>", "schema source (.pg), or - for standard input")
    .option("--allow-data-loss", "drop for good")
    .option(
      "--if-commit <commit>",
      "apply only when this is the newest commit with changes (exit code 4 when not)",
    )
    .addHelpText("after", "\nExample:\n  omnigraph schema apply --schema schema.pg --branch draft ./my.omni");
  withJson(withWrite(withServer(withTarget(apply)))).action(
    async (uri: string | undefined, options: ApplyOptions) => {
      const source = await readInput(context, options.schema, "schema");
      const place = await placeOf(context, options, uri);
      const actor = await authorOf(context, options, place);
      await using open = await openAt(context, place, { maintenance: "off" });
      const { branch, allowDataLoss, ifCommit, message, op } = options;
      await echoTarget(context, options, place.uri, branch);
      const answer = await open.graph.schema.apply(source, {
        ...given({ allowDataLoss, ifCommit, actor, message, op }),
        branch,
        file: inputName(options.schema),
        signal: context.signal,
      });
      return say(context, options, schemaApplyJson(answer, place.uri), appliedText(answer));
    },
  );
}

function defineDiff(command: Command, context: Context): void {
  const diff = command
    .command("diff")
    .summary("how the schemas of two branches or commits differ")
    .description(
      "Compares the schemas of two branches or commits: the steps from the first to the second. With --pg the declarations that differ.",
    )
    .argument("<from>", COMMIT)
    .argument("<to>", "the same")
    .option("--pg", "the declarations that differ, as .pg text")
    .addHelpText("after", "\nExample:\n  omnigraph schema diff main draft ./my.omni --pg");
  withJson(withAddress(diff)).action(
    async (from: string, to: string, uri: string | undefined, options: GlobalOptions & { pg?: boolean }) => {
      const store = await storeOf(context, options, uri);
      const { Omnigraph } = await import("omnigraph");
      await using graph = await Omnigraph.open(store, { readOnly: true });
      const answer = await graph.schema.diff(from, to, given({ signal: context.signal }));
      return say(context, options, schemaDiffJson(answer, store), diffText(answer, options.pg === true));
    },
  );
}
