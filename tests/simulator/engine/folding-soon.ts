import { LIMITS } from "@omnigraph/base";

/** Branches are folded in the background after few slots, rows and tables, so that short runs come to it. */
const SOON = { foldSlots: 20, foldRows: 100, foldTables: 4, foldQuietSlots: 5 } as const;

/** Sets the limits until it is disposed of. */
export function foldingSoon(): Disposable {
  const names = Object.keys(SOON) as readonly (keyof typeof SOON)[]; // Cast: these are its names.
  const before = names.map((name) => LIMITS[name].value);
  for (const name of names) Object.assign(LIMITS[name], { value: SOON[name] });
  return {
    [Symbol.dispose]: () => {
      for (const [i, name] of names.entries()) Object.assign(LIMITS[name], { value: before[i] });
    },
  };
}
