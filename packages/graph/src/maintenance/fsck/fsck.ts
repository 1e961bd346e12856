import type { Environment } from "@omnigraph/base";
import { branchNotFound, LogCheck, slotKey, type Survey, type SurveyedBranch } from "@omnigraph/log";
import type { LayerStore, ObjectStore } from "@omnigraph/storage";
import type { FindingClass, FsckAnswer, FsckFinding } from "@omnigraph/wire";
import type { FsckOptions, FsckProgress } from "../../api/maintenance.ts";
import { guarded } from "../../calls/callers-code.ts";
import { type About, harmOf } from "./harm.ts";
import { Leftovers } from "./leftovers.ts";
import { RowScan } from "./row-scan.ts";
import { checkTables, contentNamedBy } from "./tables.ts";
import { Tally } from "./tally.ts";

/** What a check needs. The graph need not open. */
export interface FsckParts {
  readonly store: ObjectStore;
  readonly tables: LayerStore;
  readonly environment: Environment;
}

const NOBODY = { kind: "nobody" } as const;
const OTHER: About = { kind: "other" };

/** What is asked for. */
export interface FsckRequest {
  /** The only branch whose rows are scanned; null: every one. */
  readonly branch: string | null;
  readonly scansRows: boolean;
  readonly signal: AbortSignal;
  /** `about` says what the finding is about, for whoever repairs it. */
  readonly onFinding: (finding: FsckFinding, about: About) => void;
  readonly onProgress: (progress: FsckProgress) => void;
}

/** What becomes of what a finding is about, where it can be read. */
const EFFECTS: Partial<Record<FindingClass, string>> = { commit_wrong: "may be read wrong" };

const HARM_OF_OLD_ROWS = "what is told of the changes of earlier commits, and merges with them, may be wrong";
const HARM_OF_ROWS = "answers about these rows may be wrong";

/** Checks a whole graph, and goes on after what it finds. Errors: `graph_not_found`, `branch_not_found`, failures of the store. */
export async function fsck(parts: FsckParts, request: FsckRequest): Promise<FsckAnswer> {
  const tally = new Tally(request.onFinding);
  const { store, environment } = parts;
  const leftovers = await Leftovers.list(store);
  const check = new LogCheck(store, environment, request.signal);
  const survey = await check.survey();
  const branches = request.scansRows ? chosen(survey, request.branch, store.uri) : [];
  const slots = check.findings(
    ({ done, total }) => request.onProgress({ phase: "slots", done, total }),
    survey.slots,
  );
  for await (const { kind, key, problem, subject } of slots) {
    const harm = harmOf(subject, survey, store.ordered, EFFECTS[kind]);
    tally.add({ class: kind, place: key, problem, ...harm }, { kind: "log", subject });
  }
  const layers = check.layers();
  let checked = 0;
  for await (const findings of checkTables(parts, layers, survey, request.signal)) {
    request.onProgress({ phase: "tables", done: checked++, total: layers.length });
    for (const [found, about] of findings) tally.add(found, about);
  }
  const scan = new RowScan(parts, request.signal);
  for (const [done, branch] of branches.entries()) {
    request.onProgress({ phase: "rows", done, total: branches.length });
    const { name } = branch;
    for await (const problem of scan.of(branch, !tally.isClean))
      tally.add({ class: "rows_wrong", place: name, problem, branches: [name], harm: HARM_OF_ROWS }, OTHER);
  }
  if (request.scansRows && request.branch === null) await checkOldRows(check, scan, tally);
  const content = await contentNamedBy(store, layers, request.signal);
  const isNamed = (table: { readonly staging: string; readonly type: string }): boolean =>
    check.isNamed(table) || content.has(`${table.staging}/${table.type}`);
  for await (const leftover of leftovers.unnamed(isNamed))
    tally.add({ ...leftover, ...harmOf(NOBODY, survey, store.ordered) }, OTHER);
  return tally.answer({ branches: branches.length, slots: survey.slots, tables: layers.length });
}

/** The rows that commits before folds carry: no snapshot of a head has these commits. */
async function checkOldRows(check: LogCheck, scan: RowScan, tally: Tally<About>): Promise<void> {
  for await (const folded of check.beforeFolds())
    for await (const problem of scan.before(folded)) {
      const { logId, slot } = folded.commit.address;
      const place = slotKey(logId, slot);
      tally.add({ class: "rows_wrong", place, problem, branches: [], harm: HARM_OF_OLD_ROWS }, OTHER);
    }
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
    scansRows: true,
    signal,
    onFinding: guarded(onFinding, "nothing was changed", "onFinding"),
    onProgress: guarded(onProgress, "nothing was changed"),
  });
}
