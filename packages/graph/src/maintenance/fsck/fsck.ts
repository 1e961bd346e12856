import type { Environment } from "@omnigraph/base";
import { branchNotFound, LogCheck, type Survey, type SurveyedBranch } from "@omnigraph/log";
import type { LayerStore, ObjectStore } from "@omnigraph/storage";
import type { FindingClass, FsckAnswer, FsckFinding } from "@omnigraph/wire";
import type { FsckOptions, FsckProgress } from "../../api/maintenance.ts";
import { guarded } from "../../calls/callers-code.ts";
import { harmOf, type LayerSubject } from "./harm.ts";
import { Leftovers } from "./leftovers.ts";
import { RowScan } from "./row-scan.ts";
import { Tally } from "./tally.ts";

/** What a check needs. The graph need not open. */
export interface FsckParts {
  readonly store: ObjectStore;
  readonly tables: LayerStore;
  readonly environment: Environment;
}

/** What is asked for. */
interface FsckRequest {
  /** The only branch whose rows are scanned; null: every one. */
  readonly branch: string | null;
  readonly signal: AbortSignal;
  readonly onFinding: (finding: FsckFinding) => void;
  readonly onProgress: (progress: FsckProgress) => void;
}

/** What becomes of what a finding is about, where it can be read. */
const EFFECTS: Partial<Record<FindingClass, string>> = { commit_wrong: "may be read wrong" };

const HARM_OF_ROWS = "answers about these rows may be wrong";

/** Checks a whole graph, and goes on after what it finds. Errors: `graph_not_found`, `branch_not_found`, failures of the store. */
async function fsck(parts: FsckParts, request: FsckRequest): Promise<FsckAnswer> {
  const tally = new Tally(request.onFinding);
  const { store, environment } = parts;
  const leftovers = await Leftovers.list(store);
  const check = new LogCheck(store, environment, request.signal);
  const survey = await check.survey();
  const branches = chosen(survey, request.branch, store.uri);
  const report = (progress: FsckProgress["phase"], done: number, total: number): void =>
    request.onProgress({ phase: progress, done, total });
  const slots = check.findings(({ done, total }) => report("slots", done, total), survey.slots);
  for await (const { kind, key, problem, subject } of slots)
    tally.add({ class: kind, place: key, problem, ...harmOf(subject, survey, store.ordered, EFFECTS[kind]) });
  const layers = check.layers();
  for (const [done, { entry }] of layers.entries()) {
    report("tables", done, layers.length);
    const subject: LayerSubject = { kind: "layer", staging: entry.staging, type: entry.type };
    for await (const { kind, key, problem } of parts.tables.check(entry, request.signal)) {
      const harmed = kind === "column_file_damaged" ? ({ kind: "nobody" } as const) : subject;
      tally.add({ class: kind, place: key, problem, ...harmOf(harmed, survey, store.ordered) });
    }
  }
  const scan = new RowScan(parts, request.signal);
  for (const [scanned, branch] of branches.entries()) {
    report("rows", scanned, branches.length);
    for await (const problem of scan.of(branch, !tally.isClean))
      tally.add({
        class: "rows_wrong",
        place: branch.name,
        problem,
        branches: [branch.name],
        harm: HARM_OF_ROWS,
      });
  }
  for await (const leftover of leftovers.unnamed((table) => check.isNamed(table)))
    tally.add({ ...leftover, ...harmOf({ kind: "nobody" }, survey, store.ordered) });
  return tally.answer({ branches: branches.length, slots: survey.slots, tables: layers.length });
}

function chosen({ branches }: Survey, name: string | null, uri: string): readonly SurveyedBranch[] {
  if (name === null) return branches;
  const found = branches.filter((branch) => branch.name === name);
  if (found.length > 0) return found;
  throw branchNotFound(uri, name);
}

/** As `Maintenance.fsck`. */
export function fsckAsked(parts: FsckParts, options: FsckOptions, signal: AbortSignal): Promise<FsckAnswer> {
  const { branch = null, onFinding, onProgress } = options;
  return fsck(parts, {
    branch,
    signal,
    onFinding: guarded(onFinding, "nothing was changed", "onFinding"),
    onProgress: guarded(onProgress, "nothing was changed"),
  });
}
