import { present } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import { type ChangeSet, columnKeys, idTextIn, type TypeChanges, valueAt } from "@omnigraph/storage";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  changesBetween,
  type Edit,
  edited,
  emptyModel,
  type Model,
  typesOf,
} from "../../../../tests/support/models/view-model.ts";
import { arbitraryEdit } from "../../../../tests/support/generators/edits.ts";
import { catalogOf } from "../../../../tests/support/graphs/write-graph.ts";
import { compose, effective, groupByType, inverse, net } from "./change-set.ts";
import { countOfKind, entityCount, imageCount } from "./counts.ts";
import type { RowRef } from "./picks.ts";

const CATALOG = catalogOf(`
node Person { name: String @key  age: I32? }
edge Knows: Person -> Person { since: I32? }
`);

const history = fc.array(fc.array(arbitraryEdit(2, { picks: 20, values: 5 }), { maxLength: 8 }), {
  minLength: 1,
  maxLength: 6,
});

/** The states that edits lead through, from the empty graph on. */
function statesOf(steps: readonly (readonly Edit[])[]): readonly Model[] {
  const states: Model[] = [emptyModel(CATALOG)];
  for (const step of steps) states.push(edited(CATALOG, present(states.at(-1), "state"), step));
  return states;
}

function between(from: Model | undefined, to: Model | undefined): ChangeSet {
  return changesBetween(CATALOG, present(from, "state"), present(to, "state"), false);
}

function rowOf(type: EntityType, { batch, row }: RowRef): readonly unknown[] {
  return columnKeys(type).map((key) => valueAt(present(batch.columns.get(key), key), row));
}

/** By id what was and what is, whatever the order of the rows. */
function asImages(type: EntityType, changes: TypeChanges | null): ReadonlyMap<string, readonly unknown[]> {
  const images = new Map<string, readonly unknown[]>();
  if (changes === null) return images;
  const { after, before, updated } = changes;
  for (let row = 0; row < after.length; row++) {
    const old = row < updated ? rowOf(type, { batch: before, row }) : null;
    images.set(idTextIn(after, "id", row), [old, rowOf(type, { batch: after, row })]);
  }
  for (let row = updated; row < before.length; row++)
    images.set(idTextIn(before, "id", row), [rowOf(type, { batch: before, row }), null]);
  return images;
}

/** Checks something of every type and its steps along random histories. */
function along(
  check: (type: EntityType, steps: readonly TypeChanges[], whole: TypeChanges | null) => void,
): void {
  fc.assert(
    fc.property(history, (edits) => {
      const states = statesOf(edits);
      const steps = states.slice(1).flatMap((state, i) => between(states[i], state));
      const whole = groupByType(between(states[0], states.at(-1)));
      const groups = groupByType(steps);
      for (const type of typesOf(CATALOG))
        check(type, groups.get(type.id) ?? [], whole.get(type.id)?.[0] ?? null);
    }),
  );
}

describe("Changes of one type", () => {
  test("the net of changes leads from the first state to the last and contains nothing else", () => {
    along((type, steps, whole) => {
      if (steps.length > 0) expect(asImages(type, net(type, steps))).toEqual(asImages(type, whole));
    });
  });

  test("changes compose to the same when some of them are composed first", () => {
    along((type, steps) => {
      if (steps.length < 2) return;
      const middle = Math.floor(steps.length / 2);
      const halves = [compose(type, steps.slice(0, middle)), compose(type, steps.slice(middle))];
      expect(asImages(type, effective(type, compose(type, halves)))).toEqual(
        asImages(type, net(type, steps)),
      );
    });
  });

  test("changes and their inverse have no net", () => {
    along((type, steps) => {
      const backwards = steps.map(inverse).toReversed();
      expect(steps.length === 0 ? null : net(type, [...steps, ...backwards])).toBeNull();
    });
  });

  test("composed changes keep an update without effect, and their net drops it", () => {
    const person = present(CATALOG.nodes.get("Person"), "Person");
    const [insert] = between(
      emptyModel(CATALOG),
      statesOf([[{ kind: "insert", type: 0, pick: 1, other: 1, value: 1 }]])[1],
    );
    const { after } = present(insert, "insert");
    const same: TypeChanges = { type: person.id, after, before: after, updated: after.length };
    expect(compose(person, [same, same]).updated).toBe(after.length);
    expect(net(person, [same, same])).toBeNull();
    expect(net(person, [same])).toBeNull();
  });
});

test("changes are counted by entities, by images, and by the entities of one kind", () => {
  fc.assert(
    fc.property(history, (edits) => {
      const states = statesOf(edits);
      const changes = between(states[Math.floor(states.length / 2)], states.at(-1));
      const sizes = changes.map(({ after, before, updated }) => [
        updated,
        after.length - updated,
        before.length - updated,
      ]);
      expect(changes.map(entityCount)).toEqual(sizes.map((counts) => counts.reduce((a, b) => a + b)));
      expect(imageCount(changes)).toBe(sizes.reduce((sum, [u = 0, i = 0, d = 0]) => sum + 2 * u + i + d, 0));
      const byKind = countOfKind(CATALOG, changes, "node") + countOfKind(CATALOG, changes, "edge");
      expect(byKind).toBe(changes.reduce((sum, change) => sum + entityCount(change), 0));
    }),
  );
});
