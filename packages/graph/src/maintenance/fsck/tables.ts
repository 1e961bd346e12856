import { type AdoptedLayer, isReclaimedTable, type Survey } from "@omnigraph/log";
import type { LayerEntry, LayerProblem, LayerStore, ObjectStore } from "@omnigraph/storage";
import { ahead } from "./ahead.ts";
import { driftFinding, isLost } from "./drift.ts";
import { type About, harmOf } from "./harm.ts";
import type { Found } from "./tally.ts";

interface Parts {
  readonly store: ObjectStore;
  readonly tables: LayerStore;
}

/** Tables that are checked at a time: while Lance decodes one on its threads, another one is compared. */
const AT_A_TIME = 2;

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
  return ahead(layers, AT_A_TIME, ({ entry }) => checkTable(parts, entry, survey, signal));
}

async function checkTable(
  { tables, store }: Parts,
  entry: LayerEntry,
  survey: Survey,
  signal: AbortSignal,
): Promise<TableFindings> {
  const { staging, type } = entry;
  const findings: (readonly [Found, About])[] = [];
  const kinds: LayerProblem["kind"][] = [];
  for await (const { kind, key, problem } of tables.check(entry, signal)) {
    const subject = kind === "column_file_damaged" ? NOBODY : ({ kind: "layer", staging, type } as const);
    const harm = harmOf(subject, survey, store.ordered);
    // A cleanup that runs at the same time may have removed it since the commits were read.
    if (harm.branches.length === 0 && (await isReclaimedTable(store, "read", key))) return findings;
    findings.push([
      { class: kind, place: key, problem, ...harm },
      { kind: "layer", entry },
    ]);
    kinds.push(kind);
  }
  // What others wrote to a table that no head reads concerns nobody.
  if (isLost(kinds) || !isRead(survey, entry)) return findings;
  const drift = driftFinding(entry, await tables.drift(entry, signal));
  if (drift === null) return findings;
  const place = `tables/${staging}/${type}.lance`;
  return [...findings, [{ ...drift, place, ...harmOf(NOBODY, survey, store.ordered) }, { kind: "other" }]];
}

/** Whether the head of a branch is made of a layer. */
function isRead({ branches }: Survey, { staging, type }: LayerEntry): boolean {
  return branches.some(({ layout }) =>
    layout?.get(type)?.some((piece) => piece.kind === "layer" && piece.entry.staging === staging),
  );
}
