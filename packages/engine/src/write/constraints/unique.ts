import type { EntityType, TupleMember, UniqueConstraint } from "@omnigraph/language";
import {
  type Column,
  equalAt,
  IdTable,
  textAt,
  type TypeChanges,
  valueAt,
  idTexts,
} from "@omnigraph/storage";
import type { Need, View } from "../../view/view.ts";
import { satisfies } from "../compare.ts";
import { needOf } from "../../view/needs.ts";
import { entityName, type Report } from "../problem.ts";
import type { Residency } from "../../view/residency.ts";
import { rowsOf } from "../../view/rows-of.ts";
import { TupleCounts } from "../../view/uniques/tuple-counts.ts";
import { TupleRows } from "./tuple-rows.ts";
import { type Candidate } from "./candidate.ts";
import { bySourceNeeds, type Holder, holdersBySource, isBySource } from "./unique-ends.ts";
import {
  memberNeeds,
  tupleIndex,
  tupleOf,
  tupleReader,
  uniqueNeeds,
} from "../../view/uniques/unique-index.ts";
import { memberColumn } from "../../view/uniques/tuple-hash.ts";

/** The columns in the unique constraints of types that change. */
export function uniqueCheckNeeds(candidate: Candidate): readonly Need[] {
  return candidate.changes.flatMap((changes) => {
    const type = candidate.typeOf(changes);
    if (changes.after.length === 0) return [];
    return type.uniques.flatMap((unique) => {
      if (candidate.view.count(type) === 0) return [];
      return isBySource(type, unique, changes.after.length)
        ? bySourceNeeds(type, unique, changes)
        : uniqueNeeds(candidate.view, type, unique);
    });
  });
}

/**
 * Checks that no two entities have the same tuple after the write. The columns that tell which entity has a tuple are read only if its
 * hash occurs already.
 */
export async function checkUnique(
  candidate: Candidate,
  report: Report,
  residency: Residency,
): Promise<boolean> {
  for (const changes of candidate.changes) {
    const type = candidate.typeOf(changes);
    if (changes.after.length === 0) continue;
    for (const unique of type.uniques) {
      const check = new UniqueCheck(candidate, type, unique, changes);
      if (!check.within(report)) return false;
      if (candidate.view.count(type) === 0) continue;
      if (isBySource(type, unique, changes.after.length)) {
        const holders = holdersBySource(candidate, type, unique, changes);
        if (holders.length === 0) continue;
        await residency.hold(candidate.view, [needOf(type, { ids: true })]);
        if (!check.heldBy(holders, report)) return false;
      } else if (check.isTaken()) {
        await residency.hold(candidate.view, [...memberNeeds(type, unique), needOf(type, { ids: true })]);
        if (!check.against(report)) return false;
      }
    }
  }
  return true;
}

/** One constraint and the changes of its type. */
class UniqueCheck {
  private readonly candidate: Candidate;
  private readonly type: EntityType;
  private readonly unique: UniqueConstraint;
  private readonly changes: TypeChanges;
  private readonly columns: readonly (Column | null)[];
  private readonly rows: TupleRows;

  constructor(candidate: Candidate, type: EntityType, unique: UniqueConstraint, changes: TypeChanges) {
    this.candidate = candidate;
    this.type = type;
    this.unique = unique;
    this.changes = changes;
    this.columns = unique.members.map((member) => memberColumn(changes.after, member));
    this.rows = new TupleRows(this.columns, changes.after.length);
  }

  /** Reports the tuples that occur in two rows of the write. */
  within(report: Report): boolean {
    const ids = idTexts(this.changes.after, "id");
    return this.rows.every((row, low, high) => {
      let other = this.rows.find(low, high, row);
      while (
        other >= 0 &&
        !this.columns.every((column) => column !== null && equalAt(column, other, column, row))
      ) {
        other = this.rows.find(low, high, other);
      }
      return other < 0 || report(this.problem(row, textAt(ids, other)));
    });
  }

  /** Reports the rows whose tuple one of these entities has. */
  heldBy(holders: readonly Holder[], report: Report): boolean {
    const rows = rowsOf(this.candidate.view, this.type);
    return holders.every(({ row, ordinal }) => report(this.problem(row, rows.idAt(ordinal))));
  }

  /** Whether the view, without the rows that the write changes or deletes, has the tuple of a row; compared by hash. */
  isTaken(): boolean {
    const { view } = this.candidate;
    const { before } = this.changes;
    const held = view.count(this.type) - before.length;
    if (held <= 0) return false;
    const index = tupleIndex(view, this.type, this.unique);
    const freed = new TupleCounts(before.length);
    const old = this.unique.members.map((member) => memberColumn(before, member));
    new TupleRows(old, before.length).every((_, low, high) => {
      freed.add(low, high, 1);
      return true;
    });
    return !this.rows.every((_, low, high) => index.count(low, high) <= freed.count(low, high));
  }

  /** Reports the rows whose tuple belongs to an entity that the write does not change. A full scan, which runs only when there is such a row. */
  against(report: Report): boolean {
    const { view } = this.candidate;
    const { before } = this.changes;
    const changed = before.length === 0 ? null : IdTable.of(idTexts(before, "id"));
    const rows = rowsOf(view, this.type);
    const read = tupleReader(view, this.type, this.unique);
    for (const ordinal of rows.liveOrdinals()) {
      const token = read(ordinal);
      if (token === null) continue;
      const row = this.rows.find(token.low, token.high, this.changes.after.length);
      if (row < 0 || (changed?.find(rows.idAt(ordinal)) ?? -1) >= 0 || !this.equals(view, ordinal, row))
        continue;
      if (!report(this.problem(row, rows.idAt(ordinal)))) return false;
    }
    return true;
  }

  private equals(view: View, ordinal: number, row: number): boolean {
    const held = tupleOf(view, this.type, this.unique, ordinal);
    return this.columns.every(
      (column, position) => column !== null && satisfies(held[position] ?? null, "=", valueAt(column, row)),
    );
  }

  private problem(row: number, holder: string) {
    const { type, unique } = this;
    const names = unique.members.map((member) => memberName(type, member)).join(", ");
    const id = textAt(idTexts(this.changes.after, "id"), row);
    const message = `${entityName(type, id)} has the same ${names} as ${entityName(type, holder)}, which @unique does not allow`;
    return {
      reason: "unique_violation",
      message,
      type,
      id,
      property: names,
      row,
      holder,
      tuple: unique.members,
    } as const;
  }
}

function memberName(type: EntityType, member: TupleMember): string {
  return member === "src" || member === "dst" ? member : (type.propertyById.get(member)?.name ?? member);
}
