import {
  addressOf,
  type CommitAddress,
  type LogId,
  type Piece,
  type SlotRange,
  type Subject,
  type Survey,
  type SurveyedBranch,
} from "@omnigraph/log";
import type { LayerEntry } from "@omnigraph/storage";

/** Who is harmed by a finding. */
export interface Harm {
  /** Living branches that cannot be read as they are now. */
  readonly branches: readonly string[];
  readonly harm: string;
}

/** About which table a finding is, by its staging id and type. */
export interface LayerSubject {
  readonly kind: "layer";
  readonly staging: string;
  readonly type: string;
}

/** What a finding is about, for whoever repairs it. */
export type About =
  | { readonly kind: "log"; readonly subject: Subject }
  | { readonly kind: "layer"; readonly entry: LayerEntry }
  | { readonly kind: "other" };

const NONE: Harm = { branches: [], harm: "nobody: no answer is wrong" };

/** Tells which branches a finding harms, from their heads. */
export function harmOf(
  subject: Subject | LayerSubject,
  survey: Survey,
  isOrdered: boolean,
  effect = "cannot be read",
): Harm {
  const { branches } = survey;
  switch (subject.kind) {
    case "nobody":
      return NONE;
    case "graph":
      return { branches: branches.map(({ name }) => name), harm: "the graph cannot be opened" };
    case "branch":
      return {
        branches: [subject.name],
        harm: `branch ${subject.name} may not be found, or may be taken for another`,
      };
    case "layout":
      return readers(
        branches.filter(({ head }) => head?.header.layout === subject.hash),
        "the commits that name it",
      );
    case "schema":
      return readers(
        branches.filter(({ head }) => head?.header.schema === subject.hash),
        "the commits under it",
      );
    case "layer":
      return readers(
        branches.filter((branch) => hasLayer(branch, subject)),
        "earlier commits",
      );
    case "slots":
      return slotHarm(subject, survey, isOrdered, effect);
  }
}

/** Branches whose heads need something; where there is none, others still do. */
function readers(branches: readonly SurveyedBranch[], others: string): Harm {
  if (branches.length === 0)
    return { branches: [], harm: `${others} cannot be read; the heads of branches can` };
  const names = branches.map(({ name }) => name);
  return { branches: names, harm: `what needs it of ${names.join(", ")} cannot be read` };
}

function hasLayer({ layout }: SurveyedBranch, { staging, type }: LayerSubject): boolean {
  for (const [id, pieces] of layout ?? [])
    if (id === type && pieces.some((piece) => piece.kind === "layer" && piece.entry.staging === staging))
      return true;
  return false;
}

function slotHarm(
  slots: Extract<Subject, { readonly kind: "slots" }>,
  { branches, forks }: Survey,
  isOrdered: boolean,
  effect: string,
): Harm {
  const unreadable = branches.filter(
    (branch) =>
      (branch.head === null && branch.logId === slots.logId) ||
      // A store that does not list in order is searched for the head, and a hole looks like the end.
      (!isOrdered && branch.logId === slots.logId && slots.from !== slots.to) ||
      rangesOf(branch).some((range) => reads(range, slots)),
  );
  const past = branches.filter(
    (branch) => !unreadable.includes(branch) && comesAfter(branch.logId, slots, forks),
  );
  const texts = [
    ...(unreadable.length === 0 ? [] : [`${namesOf(unreadable)} ${effect}`]),
    ...(past.length === 0 ? [] : [`the history of ${namesOf(past)} up to it ${effect}`]),
  ];
  const harm =
    texts.length === 0 ? `no living branch comes after it; its commits ${effect}` : texts.join("; ");
  return { branches: unreadable.map(({ name }) => name), harm };
}

function namesOf(branches: readonly SurveyedBranch[]): string {
  return branches.map(({ name }) => name).join(", ");
}

/** The ranges of slots that the head of a branch reads. */
function rangesOf({ head, layout }: SurveyedBranch): readonly SlotRange[] {
  const pieces: readonly Piece[] = [...(layout?.values() ?? [])].flat();
  const inLayout = pieces.flatMap((piece) => (piece.kind === "range" ? [piece.range] : []));
  return [...inLayout, ...(head?.header.tail ?? [])];
}

function reads(range: SlotRange, { logId, from, to }: Extract<Subject, { readonly kind: "slots" }>): boolean {
  return range.logId === logId && range.from <= to && range.to >= from;
}

/** Whether the chain of first parents of a log's end leads through slots. */
function comesAfter(
  logId: LogId,
  slots: Extract<Subject, { readonly kind: "slots" }>,
  forks: Survey["forks"],
): boolean {
  const seen = new Set<LogId>();
  let at: LogId | null = logId;
  while (at !== null && at !== slots.logId && !seen.has(at)) {
    seen.add(at);
    const address = forkOf(at, forks);
    if (address?.logId === slots.logId) return address.slot >= slots.from;
    at = address?.logId ?? null;
  }
  return at === slots.logId;
}

function forkOf(logId: LogId, forks: Survey["forks"]): CommitAddress | null {
  const fork = forks.get(logId) ?? null;
  return fork === null ? null : addressOf(fork);
}
