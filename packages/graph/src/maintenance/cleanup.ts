import { isError, LIMITS, OmnigraphError, stampOf } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import {
  type Cleaner,
  type CleanupSteps,
  type LogId,
  type ReclaimedSpace,
  type Retention,
  together,
} from "@omnigraph/log";
import type { CleanedType, CleanupAnswer, PendingCleanup } from "@omnigraph/wire";
import type { CleanupOptions } from "../api/maintenance.ts";
import type { Branches } from "../branches/branches.ts";
import { guarded } from "../calls/callers-code.ts";
import type { GraphContext } from "../open/context.ts";
import { foldBranch } from "./fold-branch.ts";

type Asked = CleanupOptions & { readonly signal: AbortSignal };

/** As `Maintenance.cleanup`. */
export async function cleanup(
  context: GraphContext,
  branches: Branches,
  options: Asked,
): Promise<CleanupAnswer> {
  const retention = retentionOf(context, options);
  const { graceMs = LIMITS.cleanupGraceMs.value, actor = context.actor, confirm = false, signal } = options;
  const report = guarded(options.onProgress, "what was found unneeded is removed by the next cleanup");
  const steps = { graceMs, actor, signal, onLot: () => report(undefined) };
  const cleaner = context.log.cleaner();
  const done = confirm
    ? await confirmed(context, branches, cleaner, retention, steps)
    : await dryRun(context, cleaner, retention, signal);
  const pending = await cleaner.pending();
  return {
    confirmed: confirm,
    keep: options.keep ?? null,
    olderThanMs: options.olderThanMs ?? null,
    folded: done.folded,
    types: await cleanedTypes(context, done.reclaimed, signal),
    commits: done.reclaimed.commits,
    commitBytes: done.reclaimed.slotBytes,
    pending: pending === null ? null : waiting(pending, graceMs),
    notes: (await cleaner.unreadablePins()).map(
      (place) =>
        `${place} is damaged, as power loss leaves a claim: it claims nothing, and goes when it has expired`,
    ),
  };
}

interface Done {
  readonly folded: readonly string[];
  readonly reclaimed: ReclaimedSpace;
}

function retentionOf({ environment }: GraphContext, { keep, olderThanMs }: Asked): Retention {
  if (keep === undefined && olderThanMs === undefined)
    throw new OmnigraphError("usage", "a cleanup needs to know what to keep: give keep, olderThanMs or both");
  const since = olderThanMs === undefined ? null : stampOf(environment.clock) - olderThanMs * 1000;
  return { keep: keep ?? null, since };
}

async function dryRun(
  { log }: GraphContext,
  cleaner: Cleaner,
  retention: Retention,
  signal: AbortSignal,
): Promise<Done> {
  const foldable = await cleaner.foldable(retention, signal);
  const living = await log.listBranches(signal);
  const folded = living.filter(({ logId }) => foldable.has(logId)).map(({ name }) => name);
  return { folded, reclaimed: await cleaner.preview(retention, { folded: foldable, signal }) };
}

/** Goes on with an earlier cleanup, if there is one; a new one begins only when nothing waits for its grace period. */
async function confirmed(
  context: GraphContext,
  branches: Branches,
  cleaner: Cleaner,
  retention: Retention,
  steps: CleanupSteps & { readonly signal: AbortSignal },
): Promise<Done> {
  const before = await cleaner.finish(steps);
  if ((await cleaner.pending()) !== null) return { folded: [], reclaimed: before };
  const foldable = await cleaner.foldable(retention, steps.signal);
  const folded = await foldAll(context, branches, foldable, steps);
  await cleaner.condemn(retention, steps);
  return { folded, reclaimed: together(before, await cleaner.finish(steps)) };
}

/** Folds the branches of some logs. One that is deleted meanwhile needs no fold. */
async function foldAll(
  context: GraphContext,
  branches: Branches,
  logs: ReadonlySet<LogId>,
  { actor, signal }: CleanupSteps & { readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const folded: string[] = [];
  for (const { name, logId } of await context.log.listBranches(signal)) {
    if (!logs.has(logId)) continue;
    const request = {
      op: context.mint(),
      content: null,
      actor,
      message: "fold before cleanup",
      whole: false,
      absorbs: true,
      signal,
      onType: () => undefined,
    };
    try {
      const { commit } = await branches.use(name, ({ views }) => foldBranch(context, views.branch, request));
      if (commit !== null) folded.push(name);
    } catch (thrown) {
      if (!isError(thrown, "branch_not_found")) throw thrown;
    }
  }
  return folded;
}

/** Every type of the schemas of all branches, and those of which something went. */
async function cleanedTypes(
  { log, catalogs }: GraphContext,
  { tables }: ReclaimedSpace,
  signal: AbortSignal,
): Promise<readonly CleanedType[]> {
  const known = new Map<string, EntityType>();
  for (const schema of new Set((await log.listBranches(signal)).map(({ head }) => head.header.schema)))
    for (const type of (await catalogs.read(schema, signal)).typeById.values()) known.set(type.id, type);
  return [...new Set([...known.keys(), ...tables.keys()])].map((id) => {
    const type = known.get(id);
    const { count, bytes } = tables.get(id) ?? { count: 0, bytes: 0 };
    return { kind: type?.kind ?? null, typeName: type?.name ?? id, tables: count, bytes };
  });
}

function waiting(
  { slots, tables, ageMs }: NonNullable<Awaited<ReturnType<Cleaner["pending"]>>>,
  graceMs: number,
): PendingCleanup {
  return { slots, tables, waitMs: Math.max(0, graceMs - ageMs) };
}
