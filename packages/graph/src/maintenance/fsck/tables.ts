import type { AdoptedLayer, Survey } from "@omnigraph/log";
import { type Environment, isError } from "@omnigraph/base";
import {
  blobName,
  type LayerEntry,
  type LayerProblem,
  type LayerStore,
  type ObjectStore,
  readPlaces,
} from "@omnigraph/storage";
import { ahead } from "./ahead.ts";
import { driftFinding, isLost } from "./drift.ts";
import { type About, harmOf } from "./harm.ts";
import { HeadsNow, isRead } from "./heads-now.ts";
import type { Found } from "./tally.ts";

interface Parts {
  readonly store: ObjectStore;
  readonly tables: LayerStore;
  readonly environment: Environment;
}

/** Tables that are checked at a time: while Lance decodes one on its threads, another one is compared. */
const AT_A_TIME = 2;

/** What is lost where these are damaged is nothing. */
const DERIVED: ReadonlySet<LayerProblem["kind"]> = new Set(["column_file_damaged", "index_damaged"]);
const NOBODY = { kind: "nobody" } as const;

/** What is wrong with a table, and what each finding is about. */
export type TableFindings = readonly (readonly [Found, About])[];

/** Checks tables, and answers for each in turn what is wrong with it. */
export function checkTables(
  parts: Parts,
  layers: readonly AdoptedLayer[],
  survey: Survey,
  signal: AbortSignal,
): AsyncGenerator<TableFindings, void, undefined> {
  const heads = new HeadsNow(parts.store, parts.environment, survey);
  const content = new Map<string, string | null>();
  return ahead(layers, AT_A_TIME, ({ entry }) =>
    checkTable(parts, entry, { survey, heads, content }, signal),
  );
}

interface Checking {
  readonly survey: Survey;
  readonly heads: HeadsNow;
  /** What was found of content, by its key. */
  readonly content: Map<string, string | null>;
}

async function checkTable(
  { tables, store }: Parts,
  entry: LayerEntry,
  { survey, heads, content }: Checking,
  signal: AbortSignal,
): Promise<TableFindings> {
  const { staging, type } = entry;
  const problems: LayerProblem[] = [];
  for await (const problem of tables.check(entry, signal, content)) problems.push(problem);
  if (problems.length > 0 && (await heads.isGone(entry))) return [];
  const findings = problems.map(({ kind, key, problem }): readonly [Found, About] => {
    const subject = DERIVED.has(kind) ? NOBODY : ({ kind: "layer", staging, type } as const);
    const harm = harmOf(subject, survey, store.ordered);
    return [
      { class: kind, place: key, problem, ...harm },
      { kind: "layer", entry },
    ];
  });
  // What others wrote to a table that no head reads concerns nobody.
  if (isLost(problems.map(({ kind }) => kind)) || !isRead(survey, entry)) return findings;
  const drift = driftFinding(entry, await tables.drift(entry, signal));
  if (drift === null || (await heads.isGone(entry))) return findings;
  const place = `tables/${staging}/${type}.lance`;
  return [...findings, [{ ...drift, place, ...harmOf(NOBODY, survey, store.ordered) }, { kind: "other" }]];
}

/** By staging id and name the content that tables name; a table whose list of it is damaged is found to be so elsewhere. */
export async function contentNamedBy(
  store: ObjectStore,
  layers: readonly AdoptedLayer[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for (const { entry } of layers) {
    try {
      for (const [reference, staging] of await readPlaces(store, entry, signal))
        named.add(`${staging}/${blobName(reference)}`);
    } catch (cause) {
      if (!isError(cause, "object_corrupt") && !isError(cause, "table_version_missing")) throw cause;
    }
  }
  return named;
}
