import { requireExternal } from "@omnigraph/storage/external";
import type * as arrow from "apache-arrow";
import type * as assembling from "apache-arrow/visitor/vectorassembler";
import { bitBytes } from "../../rows/bits.ts";

let fixed = false;

/**
 * Makes Arrow's writer put out the bits of a Bool column in which every row is null. It leaves them out, which Arrow's format
 * does not allow and Lance refuses. Other columns are written as before.
 */
export function fixBoolWriter({ Uint8, makeData }: typeof arrow): void {
  if (fixed) return;
  fixed = true;
  // The module's type is that of its declarations; `require` itself has none.
  const { VectorAssembler } = requireExternal("apache-arrow/visitor/vectorassembler") as typeof assembling;
  const { prototype } = VectorAssembler;
  // oxlint-disable-next-line typescript/unbound-method -- called on its object below
  const { visitBool } = prototype;
  prototype.visitBool = function visitBits(data) {
    if (data.length === 0 || data.nullCount < data.length) return visitBool.call(this, data);
    const length = bitBytes(data.length);
    return this.visitInt(makeData({ type: new Uint8(), length, data: new Uint8Array(length) }));
  };
}
