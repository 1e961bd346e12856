import { counted, OmnigraphError } from "@omnigraph/base";
import {
  type CaseOutcome,
  explainDecision,
  type Explanation,
  NOTHING,
  Policy,
  POLICY_ACTIONS,
  type PolicyAction,
  type PolicyRequest,
  type PolicySource,
  readCases,
  runCases,
} from "@omnigraph/policy";
import type { PolicyCheckedJson, PolicyExplainedJson, PolicyTestedJson } from "@omnigraph/wire";
import { Option } from "commander";
import { type Context, type GlobalOptions, say } from "../context.ts";
import type { Define } from "../define.ts";
import { readInput } from "../files.ts";
import { withJson } from "../options.ts";
import { joined, type Shown, shown } from "../output/shown.ts";
import { policyFiles, type PolicyPlace, withPolicy } from "../policies.ts";

interface Options extends GlobalOptions, PolicyPlace {}

interface TestOptions extends Options {
  readonly tests: string;
}

interface ExplainOptions extends Options {
  readonly actor?: string;
  readonly action: PolicyAction;
  readonly branch?: string;
  readonly targetBranch?: string;
  readonly query?: string;
}

export const define: Define = (command, context) => {
  command
    .description("Policies: who may do what. Nothing is opened: what is asked about is the files.")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph policy validate team.yaml\n  omnigraph policy test team.yaml --tests cases.yaml\n" +
        "  omnigraph policy explain team.yaml --actor ann --action change --branch main\n" +
        "  omnigraph policy validate --cluster ./company --graph team",
    );
  defineValidate(command.command("validate"), context);
  defineTest(command.command("test"), context);
  defineExplain(command.command("explain"), context);
};

const defineValidate: Define = (command, context) => {
  command
    .summary("check that a policy can be understood")
    .addHelpText("after", "\nExample:\n  omnigraph policy validate team.yaml");
  withPolicy(withJson(command)).action(async (files: readonly string[], options: Options) => {
    const { policy, paths } = await compiled(context, files, options);
    const answer: PolicyCheckedJson = { files: paths, rules: policy.rules.map(({ id }) => id) };
    const text = shown`${paths.join(", ")}: ${counted(policy.rules.length, "rule")}\n`;
    return say(context, options, answer, text);
  });
};

const defineTest: Define = (command, context) => {
  command
    .summary("put declared cases to a policy")
    .requiredOption("--tests <file>", "cases (.yaml), or - for standard input")
    .addHelpText("after", "\nExample:\n  omnigraph policy test team.yaml --tests cases.yaml");
  withPolicy(withJson(command)).action(async (files: readonly string[], options: TestOptions) => {
    const { policy } = await compiled(context, files, options);
    const text = await readInput(context, options.tests, "file of cases");
    const outcomes = runCases(policy, readCases(options.tests, text));
    const failed = outcomes.filter(({ passed }) => !passed);
    const answer: PolicyTestedJson = {
      passed: outcomes.length - failed.length,
      failed: failed.length,
      cases: outcomes.map(({ id, place, expected, request, explanation }) => ({
        id,
        place,
        expect: expected,
        ...explained(request, explanation),
      })),
    };
    if (failed.length > 0) context.exit(1);
    const summary = shown`${answer.passed} passed, ${answer.failed} failed\n`;
    return say(context, options, answer, joined([...failed.map(failure), summary]));
  });
};

const defineExplain: Define = (command, context) => {
  command
    .summary("say what a policy decides, and by which rule")
    .option("--actor <actor>", "who asks; without it nobody is named")
    .addOption(new Option("--action <action>", "what is asked").choices(POLICY_ACTIONS).makeOptionMandatory())
    .option(
      "--branch <name>",
      "the branch that is read or changed, that a branch is made from, or that is merged",
    )
    .option(
      "--target-branch <name>",
      "the branch that is made, deleted, merged into, or given another schema",
    )
    .option("--query <name>", "the stored query that is run")
    .addHelpText(
      "after",
      "\nExample:\n  omnigraph policy explain team.yaml --actor ann --action change --branch main",
    );
  withPolicy(withJson(command)).action(async (files: readonly string[], options: ExplainOptions) => {
    const { policy } = await compiled(context, files, options);
    const request: PolicyRequest = {
      ...NOTHING,
      actor: options.actor ?? null,
      action: options.action,
      branch: options.branch ?? null,
      target: options.targetBranch ?? null,
      query: options.query ?? null,
    };
    const explanation = explainDecision(policy, request);
    return say(context, options, explained(request, explanation), reasons(explanation));
  });
};

/** The policy of the files, or of the place in a cluster, that a command names. Errors: `policy_invalid`, `cluster_invalid`, `file_unreadable`, `usage`. */
async function compiled(
  context: Context,
  files: readonly string[],
  options: Options,
): Promise<{ readonly policy: Policy; readonly paths: readonly string[] }> {
  const paths = await policyFiles(context, files, options);
  if (paths.length === 0)
    throw new OmnigraphError(
      "usage",
      "no policy named: give its files, or --cluster <folder> and --graph <id>",
    );
  const sources: PolicySource[] = [];
  for (const path of paths) sources.push({ path, text: await readInput(context, path, "policy") });
  return { policy: new Policy(sources, options.graph), paths };
}

function explained(request: PolicyRequest, explanation: Explanation): PolicyExplainedJson {
  const { isAllowed, rules, missed, failures } = explanation;
  return {
    actor: request.actor,
    action: request.action,
    branch: request.branch,
    target_branch: request.target,
    query: request.query,
    decision: isAllowed ? "allow" : "deny",
    rules,
    missed,
    failures,
  };
}

function failure({ id, place, expected, explanation }: CaseOutcome): Shown {
  return shown`${place}: case ${id} expects ${expected}
${reasons(explanation)}`;
}

function reasons({ isAllowed, rules, missed, failures }: Explanation): Shown {
  const decided =
    rules.length === 0
      ? shown`deny: no rule allows it\n`
      : shown`${isAllowed ? "allow" : "deny"}: ${rules.join(", ")}\n`;
  return joined([
    decided,
    ...missed.map(({ rule, place, why }) => shown`  not by ${rule} (${place}): ${why}\n`),
    ...failures.map((problem) => shown`  failed: ${problem}\n`),
  ]);
}
