import { present } from "@omnigraph/base";
import { MemoryPool, type Need, openView, type Piece, type Tuning, type View } from "@omnigraph/engine";
import type { Catalog, EntityType, TypeId } from "@omnigraph/language";
import { type ChangeSet, idColumn, valueAt } from "@omnigraph/storage";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases, checkCases, patience, repro, repros } from "../support/running/cases.ts";
import { arbitraryEdit } from "../support/generators/edits.ts";
import { byBytes } from "../support/stores/memory-layer.ts";
import {
  changesBetween,
  type Edit,
  edited,
  emptyModel,
  layerBetween,
  type Model,
  type ModelRow,
  typesOf,
} from "../support/models/view-model.ts";
import { catalogOf } from "../support/graphs/write-graph.ts";

const PROGRAMS = cases(600);

const CATALOG = catalogOf(`
node Person {
  name: String?
  age: I32?
  big: I64 @default(7)
  ok: Bool?
  tags: [String]?
  place: Vector(3)?
}
node Place { note: String @default("Oslo") }
edge Knows: Person -> Person { since: I32?  at: Vector(2)?  marks: [I64]? }
edge LivesIn: Person -> Place
`);

/** How the commits up to the opened snapshot are cut into pieces: after each commit, by type. */
type Cut = "changes" | "layer" | "same";

interface Program {
  readonly history: readonly (readonly Edit[])[];
  readonly cuts: readonly Cut[];
  readonly steps: readonly Step[];
  readonly tuning: Tuning;
  readonly budget: number;
  readonly leaveOut: boolean;
}

type Step =
  | { readonly kind: "advance" | "overlay"; readonly from: number; readonly edits: readonly Edit[] }
  | { readonly kind: "load"; readonly from: number; readonly parts: number }
  | { readonly kind: "check"; readonly from: number }
  | { readonly kind: "evict" };

const edit = arbitraryEdit(4, { picks: 60, values: 60 });
const edits = fc.array(edit, { maxLength: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom("advance", "overlay"), from: fc.nat(3), edits }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("load"), from: fc.nat(3), parts: fc.nat(255) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("check"), from: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("evict") }) },
);
const program: fc.Arbitrary<Program> = fc.record({
  history: fc.array(fc.array(edit, { maxLength: 12 }), { maxLength: 6 }),
  cuts: fc.array(fc.constantFrom<Cut>("changes", "layer", "same"), { minLength: 24, maxLength: 24 }),
  steps: fc.array(step, { maxLength: 24 }),
  tuning: fc.record({
    overlayRows: fc.constantFrom(0, 3, 4096),
    fewIds: fc.constantFrom(0, 2, 32),
    compactedRows: fc.constantFrom(2, 8192),
    segments: fc.constantFrom(1, 2, 8),
    pendingCommits: fc.constantFrom(2, 1024),
    eagerRows: fc.constantFrom(0, 2, 256),
  }),
  budget: fc.constantFrom(0, 400, 2 ** 30),
  leaveOut: fc.boolean(),
});

/** Pieces of one type for a history of models, cut as the program says. */
function piecesOf(
  type: EntityType,
  models: readonly Model[],
  cuts: readonly Cut[],
  leaveOut: boolean,
): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (let at = 1; at < models.length; at++) {
    const cut = cuts[at % cuts.length] ?? "changes";
    if (cut === "same" && at + 1 < models.length) continue;
    pieces.push(
      cut === "layer"
        ? layerBetween(type, present(models[start], "model"), present(models[at], "model"), leaveOut)
        : changesOf(type, models, start, at, leaveOut),
    );
    start = at;
  }
  return pieces;
}

function rowsIn(model: Model | undefined, type: EntityType): ReadonlyMap<string, ModelRow> {
  return model?.get(type.name) ?? new Map();
}

function changesOf(
  type: EntityType,
  models: readonly Model[],
  from: number,
  to: number,
  leaveOut: boolean,
): Piece {
  const changes = models
    .slice(from, to)
    .flatMap((model, k) =>
      changesBetween(CATALOG, model, present(models[from + k + 1], "model"), leaveOut).filter(
        (part) => part.type === type.id,
      ),
    );
  return { kind: "changes", changes };
}

function allNeeds(catalog: Catalog, parts: number): readonly Need[] {
  const bit = (k: number): boolean => ((parts >> k) & 1) === 1;
  return typesOf(catalog).map((type, k) => ({
    type,
    columns: new Set(type.properties.filter((_, p) => bit(p + k)).map((property) => property.id)),
    terms: new Set(
      type.properties
        .filter(({ type: { scalar, list } }, p) => scalar === "String" && !list && bit(p + k + 6))
        .map(({ id }) => id),
    ),
    keys: bit(1),
    ids: bit(2),
    out: bit(3),
    in: bit(4),
    ends: bit(5),
  }));
}

const EVERYTHING = allNeeds(CATALOG, 0xfff_ffff);

function expectRows(view: View, model: Model, type: EntityType): void {
  const expected = rowsIn(model, type);
  const rows = type.kind === "node" ? view.nodes(type) : view.edges(type);
  const ordinals = [...rows.liveOrdinals()];
  expect(rows.count).toBe(expected.size);
  expect(view.count(type)).toBe(expected.size);
  expect(ordinals).toEqual(ordinals.toSorted((a, b) => a - b));
  expect(ordinals.map((ordinal) => rows.idAt(ordinal)).toSorted()).toEqual([...expected.keys()].toSorted());
  for (let o = 0; o < rows.capacity; o++) expect(rows.isLive(o)).toBe(ordinals.includes(o));
  for (const ordinal of ordinals) expect(rows.find(rows.idAt(ordinal))).toBe(ordinal);
  const asked = [...expected.keys(), "nobody", ...Array.from({ length: 24 }, (_, k) => `${type.name}-${k}`)];
  expect([...rows.findAll(idColumn(asked))]).toEqual(
    asked.map((id) => (expected.has(id) ? rows.find(id) : -1)),
  );
  for (const property of type.properties) {
    const cells = rows.column(property.id);
    for (const ordinal of ordinals) {
      const value = expected.get(rows.idAt(ordinal))?.get(property.id) ?? null;
      expect(cells.value(ordinal)).toEqual(value);
      expect(cells.isNull(ordinal)).toBe(value === null);
      if (typeof value === "number") expect(cells.number(ordinal)).toBe(value);
      if (cells.base !== null && ordinal < cells.base.length && !cells.isPatched(ordinal)) {
        expect(valueAt(cells.base, ordinal)).toEqual(value);
      }
    }
    for (const [k, ordinal] of ordinals.entries()) {
      const other = ordinals[(k + 1) % ordinals.length] ?? ordinal;
      expect(cells.compare(ordinal, other) + cells.compare(other, ordinal)).toBe(0);
      expect(Math.sign(rows.compareIds(ordinal, other))).toBe(
        Math.sign(byBytes(rows.idAt(ordinal), rows.idAt(other))),
      );
    }
  }
  const gathered = rows.gather(ordinals.toReversed());
  for (const [k, ordinal] of ordinals.toReversed().entries()) {
    for (const [key, value] of expected.get(rows.idAt(ordinal)) ?? []) {
      expect(valueAt(present(gathered.columns.get(key), "gathered column"), k)).toEqual(value);
    }
  }
}

function expectEdges(view: View, model: Model, type: Extract<EntityType, { kind: "edge" }>): void {
  const edges = view.edges(type);
  const ends = { out: [type.from, "src", "dst"], in: [type.to, "dst", "src"] } as const;
  for (const direction of ["out", "in"] as const) {
    const [nearType, near, far] = ends[direction];
    const nearRows = view.nodes(nearType);
    const farRows = view.nodes(direction === "out" ? type.to : type.from);
    const adjacency = edges.neighbours(direction);
    for (const node of nearRows.liveOrdinals()) {
      const id = nearRows.idAt(node);
      const expected = [...rowsIn(model, type)].filter(([, row]) => row.get(near) === id);
      const found = adjacency.of(node);
      expect([...found.edges]).toEqual([...found.edges].toSorted((a, b) => a - b));
      const pairs = [...found.edges].map(
        (edge, k) => `${edges.idAt(edge)} ${farRows.idAt(found.targets[k] ?? -1)}`,
      );
      const expectedPairs = expected.map(([edge, row]) => `${edge} ${String(row.get(far))}`);
      expect(pairs.toSorted()).toEqual(expectedPairs.toSorted());
      expect(adjacency.degree(node)).toBe(expected.length);
      if (adjacency.clean) expect(adjacency.isPatched(node)).toBe(false);
      if (!adjacency.isPatched(node)) {
        const [from, to] = [adjacency.offsets[node], adjacency.offsets[node + 1]];
        expect([...adjacency.edges.subarray(from, to)]).toEqual([...found.edges]);
      }
    }
  }
  for (const edge of edges.liveOrdinals()) {
    const row = rowsIn(model, type).get(edges.idAt(edge));
    expect(view.nodes(type.from).idAt(edges.sourceOf(edge))).toBe(row?.get("src"));
    expect(view.nodes(type.to).idAt(edges.targetOf(edge))).toBe(row?.get("dst"));
  }
}

async function expectLookups(view: View, model: Model, type: EntityType): Promise<void> {
  const columns = type.properties.map((property) => property.id);
  for (let k = 0; k < 24; k++) {
    const id = `${type.name}-${k}`;
    const expected = rowsIn(model, type).get(id);
    const row = await view.lookup(type, id, columns);
    expect(row?.length ?? 0).toBe(expected === undefined ? 0 : 1);
    for (const [key, value] of expected ?? []) {
      expect(valueAt(present(row?.columns.get(key), "column looked up"), 0)).toEqual(value);
    }
  }
}

/** Holds everything, so that even a budget of nothing leaves it be while it is compared. */
async function expectSame(view: View, model: Model): Promise<void> {
  for (const type of typesOf(CATALOG)) await expectLookups(view, model, type);
  let lease = view.pin(EVERYTHING);
  for (let attempt = 0; lease === null && attempt < 3; attempt++) {
    await view.load(EVERYTHING);
    lease = view.pin(EVERYTHING);
  }
  const held = present(lease, "everything loaded");
  for (const type of typesOf(CATALOG)) expectRows(view, model, type);
  for (const type of CATALOG.edges.values()) expectEdges(view, model, type);
  held.release();
}

async function run(drawn: Program): Promise<void> {
  const models = [emptyModel(CATALOG)];
  for (const commit of drawn.history) models.push(edited(CATALOG, present(models.at(-1), "model"), commit));
  const opened = present(models.at(-1), "model");
  const budget = new MemoryPool(drawn.budget);
  const source = {
    name: "drawn",
    count: (type: TypeId) => rowsIn(opened, present(CATALOG.typeById.get(type), "type")).size,
    pieces: async (type: TypeId) => {
      const entity = present(CATALOG.typeById.get(type), "type");
      const own = typesOf(CATALOG).indexOf(entity) * 5;
      return piecesOf(
        entity,
        models,
        [...drawn.cuts.slice(own), ...drawn.cuts.slice(0, own)],
        drawn.leaveOut,
      );
    },
  };
  const known: { readonly view: View; readonly model: Model }[] = [
    { view: openView(CATALOG, source, budget, drawn.tuning), model: opened },
  ];
  for (const step of drawn.steps) {
    if (step.kind === "evict") {
      budget.dropAll();
      continue;
    }
    const { view, model } = present(known.at(-1 - (step.from % known.length)), "view");
    if (step.kind === "check") await expectSame(view, model);
    else if (step.kind === "load") await view.load(allNeeds(CATALOG, step.parts));
    else {
      const next = edited(CATALOG, model, step.edits);
      const changes = changesBetween(CATALOG, model, next, drawn.leaveOut);
      known.push({ view: follow(view, changes, next, step.kind), model: next });
    }
  }
  for (const { view, model } of known) await expectSame(view, model);
}

function follow(view: View, changes: ChangeSet, next: Model, kind: "advance" | "overlay"): View {
  if (kind === "overlay") return view.overlay(changes);
  return view.advance(changes, new Map(typesOf(CATALOG).map((type) => [type.id, rowsIn(next, type).size])));
}

describe("views", () => {
  test(
    `views show what the commits made, whatever the pieces, overlays, forks, evictions and folds, in ${PROGRAMS} programs`,
    () => checkCases("views", program, PROGRAMS, run),
    patience(PROGRAMS),
  );

  test.each(repros("views"))("the kept case %s replays without a failure", (file) => run(repro(file)));
});
