import { OmnigraphError } from "@omnigraph/base";
import { encodeSchema, type MigrationStep } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import { NOTHING } from "@omnigraph/storage";
import type { SchemaApplied } from "@omnigraph/wire";
import type { SchemaApplyOptions } from "../api/graph.ts";
import type { GraphDraft } from "../branches/branch-writes.ts";
import type { Branches } from "../branches/branches.ts";
import { digestOf } from "../calls/digest.ts";
import { summaryOf } from "../history/summary.ts";
import { authorOf, type GraphContext } from "../open/context.ts";
import { type Desired, isSupported, plannedMigration } from "./plan.ts";

interface Asked extends SchemaApplyOptions {
  readonly signal: AbortSignal;
}

/** A migration that was evaluated on a head. */
interface SchemaDraft extends GraphDraft {
  readonly steps: readonly MigrationStep[];
}

/** As `GraphSchema.apply`. */
export async function applySchema(
  context: GraphContext,
  branches: Branches,
  text: string,
  options: Asked,
): Promise<SchemaApplied> {
  const { branch = "main", file = "schema.pg", allowDataLoss = false, signal } = options;
  const actor = authorOf(context, options);
  const desired = { file, text, allowDataLoss };
  return branches.use(branch, async ({ writes }) => {
    const content = (): string => digestOf("schema", text, String(allowDataLoss));
    const request = writes.request("schema", { ...options, actor }, content, (_, head) =>
      evaluate(context, branch, head, desired, signal),
    );
    const { draft, commit } = await writes.submitLarge(request);
    return {
      branch,
      applied: commit !== null,
      steps: draft?.steps ?? [],
      actor: commit?.header.actor ?? actor,
      commit: commit === null ? null : summaryOf(commit),
    };
  });
}

/** The draft puts the schema before a commit names it. Errors: `schema_invalid`, `migration_unsupported`. */
async function evaluate(
  context: GraphContext,
  branch: string,
  head: CommitRecord,
  desired: Desired,
  signal: AbortSignal,
): Promise<SchemaDraft> {
  const { log, catalogs } = context;
  const accepted = await catalogs.read(head.header.schema, signal);
  const { catalog, steps, looked } = await plannedMigration(context, head, accepted, desired, signal);
  if (!isSupported(steps)) throw unsupported(branch, steps);
  const nothing = { ...NOTHING, tables: null, steps };
  if (catalog.hash === accepted.hash) return nothing;
  return {
    ...nothing,
    commits: true,
    schema: await log.schemas.put(encodeSchema(catalog)),
    conflictsWith: (theirs) => theirs.some(({ type }) => looked.has(type)),
  };
}

function unsupported(branch: string, steps: readonly MigrationStep[]): OmnigraphError {
  const refused = steps.filter((step) => step.kind === "unsupported_change");
  const lines = refused.map(({ entity, reason, code }) => {
    const coded = code === null ? "" : ` [${code}]`;
    return `${entity}: ${reason}${coded}`;
  });
  return new OmnigraphError(
    "migration_unsupported",
    `branch ${branch} cannot be given this schema, and nothing was changed: ${lines.join("; ")}`,
    {
      details: { branch, unsupported: refused.map(({ entity, reason, code }) => ({ entity, reason, code })) },
    },
  );
}
