import { parseJson } from "@omnigraph/base";
import { SHAPES } from "@omnigraph/wire/schemas";
import type { Ran } from "./ran.ts";

interface Shape {
  parse(value: unknown): unknown;
}

/** What each command answers under `--json`. */
const ANSWERS: Readonly<Record<string, Shape>> = {
  "blob put": SHAPES.mutation,
  "blob stat": SHAPES.blobStat,
  "branch create": SHAPES.branchCreated,
  "branch delete": SHAPES.branchDeleted,
  "branch diff": SHAPES.diff,
  "branch list": SHAPES.branchList,
  "branch merge": SHAPES.merge,
  "changes baseline": SHAPES.baseline,
  "changes poll": SHAPES.feed,
  "cluster apply": SHAPES.clusterApply,
  "cluster approve": SHAPES.clusterApprove,
  "cluster force-unlock": SHAPES.clusterUnlock,
  "cluster import": SHAPES.clusterLook,
  "cluster plan": SHAPES.clusterPlan,
  "cluster refresh": SHAPES.clusterLook,
  "cluster status": SHAPES.clusterStatus,
  "cluster validate": SHAPES.clusterValidate,
  "commit changes": SHAPES.commitChanges,
  "commit list": SHAPES.commitList,
  "commit revert": SHAPES.revert,
  "commit show": SHAPES.commit,
  "graphs list": SHAPES.graphList,
  "policy explain": SHAPES.policyExplained,
  "policy test": SHAPES.policyTested,
  "policy validate": SHAPES.policyChecked,
  "profile list": SHAPES.profile.array(),
  "profile show": SHAPES.profile,
  "queries list": SHAPES.queryCatalog,
  "queries validate": SHAPES.queryCatalog,
  "recovery discard": SHAPES.recoveryOutcome,
  "recovery list": SHAPES.recoveryList,
  "recovery settle": SHAPES.recoverySettled,
  "recovery show": SHAPES.recoveryEntry,
  "schema apply": SHAPES.schemaApply,
  "schema diff": SHAPES.schemaDiff,
  "schema plan": SHAPES.schemaPlan,
  "schema show": SHAPES.schema,
  "write show": SHAPES.writeFate,
  adopt: SHAPES.load,
  backup: SHAPES.backup,
  change: SHAPES.mutation,
  check: SHAPES.lint,
  fsck: SHAPES.fsck,
  cleanup: SHAPES.cleanup,
  explain: SHAPES.explain,
  export: SHAPES.tablesExport,
  history: SHAPES.history,
  init: SHAPES.init,
  lint: SHAPES.lint,
  load: SHAPES.load,
  login: SHAPES.credential,
  logout: SHAPES.credential,
  mutate: SHAPES.mutation,
  optimize: SHAPES.optimize,
  query: SHAPES.query,
  read: SHAPES.query,
  restore: SHAPES.backup,
  repair: SHAPES.repair,
  revert: SHAPES.revert,
  snapshot: SHAPES.snapshot,
};

const LINE = SHAPES.nodeLine.or(SHAPES.edgeLine).or(SHAPES.baselineLine);

/** Throws where a command line prints JSON that is not of its shape, member by member: an answer, the lines of one, or an error. */
export function checkJson(args: readonly string[], { status, out, err }: Ran): void {
  if (args.includes("--help") || status === null) return;
  const isJson = args.includes("--json");
  if (status !== 0) {
    if (!isJson) return;
    // A report is an answer, whatever it found.
    if (out === "") SHAPES.error.parse(parseJson(err));
    else answerOf(args).parse(parseJson(out));
    return;
  }
  const lines = out.split("\n").slice(0, -1);
  if (
    (args.includes("export") && !args.includes("--format")) ||
    (args.includes("baseline") && !args.includes("--out"))
  ) {
    for (const line of lines) LINE.parse(parseJson(line));
  } else if (args.includes("jsonl")) SHAPES.rowsHead.parse(parseJson(lines[0] ?? ""));
  else if (isJson) answerOf(args).parse(parseJson(out));
}

/** Options may stand before the command. */
function answerOf(args: readonly string[]): Shape {
  if (args.includes("--dry-run")) return SHAPES.mergePreview;
  if (args.includes("--operation")) return SHAPES.operation;
  const names = args.flatMap((word, at) => [`${word} ${args[at + 1] ?? ""}`, word]);
  const name = names.find((one) => Object.hasOwn(ANSWERS, one)) ?? "";
  const answer = ANSWERS[name];
  if (answer === undefined) throw new Error(`the wire has no shape for what ${args.join(" ")} answers`);
  return answer;
}
