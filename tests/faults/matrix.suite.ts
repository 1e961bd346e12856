import { afterAll, describe, expect, it } from "vitest";
import { FAULTS, type FaultName } from "../support/simulation/faulty-store.ts";
import { faultsOf, runCase, sceneOf } from "./matrix.ts";
import { isSameShape, pageTable, writeTable } from "./page.ts";
import type { Place } from "./places.ts";
import { type Writer, WRITERS } from "./writers.ts";

interface SuiteOptions {
  /** The kind of store: a heading of the page. */
  readonly store: string;
  readonly place: () => Place;
  /** Every so-manieth call meets each fault; 1: every call. */
  readonly nth: number;
  /** Default: all. */
  readonly writers?: readonly Writer[];
  /** Whether the table of the page is that of this run: its rows, its columns, and which cells have no case. */
  readonly isOfPage: boolean;
}

/** Cases that ran and passed, by writer and fault. */
export type Tally = Map<string, Record<FaultName, number>>;

/** Milliseconds that one case may take on a slow machine. */
const CASE_MS = 20_000;

/** A writer whose calls are hundreds of reads of one kind is tried at fewer of them. */
function nthOf({ length }: readonly unknown[], nth: number): number {
  return length > 300 && nth > 1 ? nth * 4 : nth;
}

/** Set: the table of the run is written into the page. A number greater than 1: so many times fewer calls of which a writer makes many meet their faults. */
const WRITES = Number(process.env["OMNIGRAPH_WRITE_MATRIX"] ?? 0);

export function faultSuite({ store, place, nth: every, writers = WRITERS, isOfPage }: SuiteOptions): void {
  const nth = every * Math.max(1, WRITES);
  describe(`faults in ${store}`, () => {
    const tally: Tally = new Map();

    it.each(writers)(
      "whatever call of $name fails, what was acknowledged is there, nothing is half done, and writing goes on",
      { timeout: 180_000 + CASE_MS * 100 },
      async (writer) => {
        const scene = await sceneOf(writer, place());
        const counts = Object.fromEntries(FAULTS.map((name) => [name, 0])) as Record<FaultName, number>;
        for (const fault of faultsOf(scene, nthOf(faultsOf(scene, 1), nth)))
          if (await runCase(scene, fault)) counts[fault.name]++;
        await scene.template.remove();
        for (const name of FAULTS) expect(counts[name] > 0, name).toBe(scene.calls[name] > 0);
        tally.set(writer.name, counts);
      },
    );

    if (!isOfPage) return;
    afterAll(() => {
      if (tally.size < writers.length) return; // a writer has failed, and said so
      if (WRITES > 0) writeTable(store, tally, nth);
    });

    it("the page of the matrix has these writers, these faults, and no case where none can be", () => {
      expect(tally.size).toBe(writers.length);
      if (WRITES > 0) return;
      expect(isSameShape(pageTable(store), tally), "run node scripts/write-fault-matrix.mjs").toEqual([]);
    });
  });
}
