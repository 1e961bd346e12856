import type { Steps } from "@omnigraph/base";
import type {
  FuzzySearch,
  RankFusion,
  SearchExpr,
  TextRanking,
  VectorRanking,
  WordSearch,
} from "@omnigraph/language";
import { termsIn } from "../../search/analysis/analyzer.ts";
import { bm25Scores } from "../../search/bm25.ts";
import { pipeline } from "../operators/pipeline.ts";
import type { Step } from "../plan/spec.ts";
import type { RunContext } from "../run/context.ts";
import type { SearchCells } from "../run/search-cells.ts";
import type { OperatorWatch } from "../run/watch.ts";
import { BestEntities } from "./best-entities.ts";
import { DistanceCells } from "./distance-cells.ts";
import { wholeNumber } from "./inputs.ts";
import { FusionCells } from "./ranks.ts";
import { FoundCells, ScoreCells } from "./text-cells.ts";

const DEFAULT_EDITS = 2;
const DEFAULT_CONSTANT = 60;
/** Bytes for each entity: a sum in 64 bits, and the score. */
const SCORE_BYTES = 12;

/** What the searches of a run are prepared with. */
export interface Preparation {
  /** Those that a fusion fuses come before it. */
  readonly searches: readonly SearchExpr[];
  /** Finds what fusions rank; it carries their variables. Null where there are none. */
  readonly candidates: readonly Step[] | null;
  /** So many of each ranking are fused. */
  readonly fused: number;
  readonly watch: OperatorWatch | undefined;
}

/** Makes the cells of each search of a run. Errors: `parameter_invalid`, and those of a run. */
export function* preparing(preparation: Preparation, context: RunContext): Steps<void> {
  const fusions: RankFusion[] = [];
  for (const search of preparation.searches) {
    if (search.function === "rrf") fusions.push(search);
    else context.addSearch(search, yield* searchCells(search, context));
  }
  const { candidates } = preparation;
  if (candidates !== null) yield* fuse(fusions, candidates, preparation, context);
}

type Unfused = Exclude<SearchExpr, RankFusion>;

function* searchCells(search: Unfused, context: RunContext): Steps<SearchCells> {
  switch (search.function) {
    case "search":
    case "match_text":
    case "fuzzy":
      return yield* foundCells(search, context);
    case "bm25":
      return yield* scoreCells(search, context);
    case "nearest":
      return distanceCells(search, context);
  }
}

function* foundCells(search: WordSearch | FuzzySearch, context: RunContext): Steps<SearchCells> {
  const { property, query, variable } = search;
  const rows = context.rows(variable);
  const text = context.constant(query);
  context.charge(rows.capacity);
  const found = new Uint8Array(rows.capacity);
  if (typeof text !== "string") return new FoundCells(found, () => true);
  let terms: readonly string[] = [...new Set(termsIn(text))];
  const index = rows.terms(property.id);
  if (search.function === "fuzzy") {
    const edits = wholeNumber(search.edits, { least: 0, otherwise: DEFAULT_EDITS }, context);
    if (terms.length > 0) terms = yield* index.near(terms, edits);
  }
  if (terms.length > 0) {
    const { postings } = yield* index.find(terms);
    for (const { ordinals } of postings) for (const ordinal of ordinals) found[ordinal] = 1;
  }
  return new FoundCells(found, unknownTest(search, context));
}

/** Tests whether there is no text to search. It reads the property only where somebody asks. */
function unknownTest({ property, variable }: Unfused, context: RunContext): (ordinal: number) => boolean {
  if (!property.type.nullable) return () => false;
  let isNull: ((ordinal: number) => boolean) | null = null;
  return (ordinal) => {
    if (isNull === null) {
      const cells = context.rows(variable).column(property.id);
      isNull = (one) => cells.isNull(one);
    }
    return isNull(ordinal);
  };
}

function* scoreCells({ property, query, variable }: TextRanking, context: RunContext): Steps<SearchCells> {
  const rows = context.rows(variable);
  const text = context.constant(query);
  const times = new Map<string, number>();
  if (typeof text === "string") for (const term of termsIn(text)) times.set(term, (times.get(term) ?? 0) + 1);
  context.charge(rows.capacity * SCORE_BYTES);
  if (times.size === 0) return new ScoreCells(new Float32Array(rows.capacity));
  // In an order of their own, so that the words of a query may come in any.
  const terms = [...times.keys()].toSorted();
  const found = yield* rows.terms(property.id).find(terms);
  return new ScoreCells(
    bm25Scores(
      found,
      terms.map((term) => times.get(term)!),
      rows.capacity,
    ),
  );
}

function distanceCells({ property, query, variable }: VectorRanking, context: RunContext): SearchCells {
  const vector = context.constant(query);
  const rows = context.rows(variable);
  context.charge(rows.capacity * Float32Array.BYTES_PER_ELEMENT);
  return new DistanceCells(
    rows.column(property.id),
    vector instanceof Float32Array ? vector : null,
    rows.capacity,
  );
}

/** Ranks the entities of what matches, and fuses the first of each ranking. */
function* fuse(
  fusions: readonly RankFusion[],
  candidates: readonly Step[],
  { fused, watch }: Preparation,
  context: RunContext,
): Steps<void> {
  const rankings = fusions.map(({ rankings: both }) =>
    both.map((ranking) => new BestEntities(ranking, fused, context)),
  );
  const source = pipeline(candidates, context, watch);
  for (let batch = source.next(); batch !== null; batch = source.next()) {
    for (const best of rankings.flat()) best.add(batch);
    if (context.yieldDue) yield;
  }
  for (const [at, fusion] of fusions.entries()) {
    const [first, other] = rankings[at]!;
    const constant = wholeNumber(fusion.constant, { least: 1, otherwise: DEFAULT_CONSTANT }, context);
    context.addSearch(fusion, new FusionCells(first!.ranks(), other!.ranks(), constant));
  }
}
