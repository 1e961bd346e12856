import { afterAll, describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { FAULTS, type FaultName } from "../support/simulation/faulty-store.ts";
import { faultsOf, runCase, type Sample, sceneOf } from "./matrix.ts";
import { differences, writePage } from "./page.ts";
import type { Place, StoreKind } from "./places.ts";
import type { Writer } from "./writer.ts";
import { WRITERS } from "./writers.ts";

interface SuiteOptions {
  readonly store: StoreKind;
  readonly place: () => Place;
  /** Which calls meet their faults. */
  readonly sample: Sample;
  /** Default: all that run there. */
  readonly writers?: readonly Writer[];
  /** Whether the page has what this run does. */
  readonly isOfPage: boolean;
}

/** Cases that ran and passed, by writer and fault. */
export type Tally = ReadonlyMap<string, Readonly<Record<FaultName, number>>>;

/** Milliseconds that one case may take on a slow machine. */
const CASE_MS = 20_000;
/** Set: what ran is written into the page. */
const WRITES = process.env["OMNIGRAPH_WRITE_MATRIX"] !== undefined;

export function faultSuite({
  store,
  place,
  sample,
  writers = writersIn(store),
  isOfPage,
}: SuiteOptions): void {
  describe(`faults in ${store}`, () => {
    const folder = testFolder("faults-outside");
    const tally = new Map<string, Record<FaultName, number>>();

    it.each(writers)(
      "whatever call of $name fails, what was acknowledged is there, nothing is half done, and writing goes on",
      { timeout: 180_000 + CASE_MS * 100 },
      async (writer) => {
        const scene = await sceneOf(writer, place(), folder);
        const counts = Object.fromEntries(FAULTS.map((name) => [name, 0])) as Record<FaultName, number>;
        for (const fault of faultsOf(scene, sample)) if (await runCase(scene, fault)) counts[fault.name]++;
        await scene.template.remove();
        for (const name of FAULTS) expect(counts[name] > 0, name).toBe(scene.calls[name] > 0);
        tally.set(writer.name, counts);
      },
    );

    if (!isOfPage) return;
    afterAll(() => {
      if (WRITES) writePage(store, tally, sample);
    });

    it("the page of the matrix has these writers, these faults, and no case where none can be", () => {
      if (WRITES) return;
      expect(tally.size).toBe(writers.length);
      expect(differences(store, tally), "run node scripts/write-fault-matrix.mjs").toEqual([]);
    });
  });
}

function writersIn(store: StoreKind): readonly Writer[] {
  return WRITERS.filter(({ stores }) => stores === undefined || stores.includes(store));
}
