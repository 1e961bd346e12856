import { atOnce, present } from "@omnigraph/base";
import type { ColumnKey, RowBatch } from "@omnigraph/storage";
import { expect, it } from "vitest";
import { batchOf, type ModelRow } from "../../../../tests/support/models/view-model.ts";
import { catalogOf } from "../../../../tests/support/graphs/write-graph.ts";
import { VersionTerms } from "./version-terms.ts";

const NOTE = present(catalogOf("node Note { text: String? }").nodes.get("Note"), "Note");
const TEXT = present(NOTE.propertyByName.get("text"), "text");

function image(text: string | null): RowBatch {
  const row: ModelRow = new Map<ColumnKey, string | null>([
    ["id", "n"],
    [TEXT.id, text],
  ]);
  return batchOf(NOTE, [row], false);
}

/** Each is so long that reading two takes more than one step. */
function long(word: string): string {
  return `${word} `.repeat(4000);
}

const VERSIONS = [
  { image: image(long("tide")), former: null },
  { image: image(long("tides ocean")), former: image(long("tide")) },
  { image: null, former: image(long("tides ocean")) },
  { image: image("the"), former: null },
  { image: image(null), former: image("the") },
  { image: image(long("merge")), former: null },
].map((version) => ({ ...version, row: 0, formerRow: 0 }));

it("what versions add to rows and terms is what they have now less what they had before", () => {
  const terms = new VersionTerms(TEXT);
  atOnce(terms.read(VERSIONS, VERSIONS.length));
  expect(VERSIONS.map((_, at) => terms.added(at + 1))).toEqual([
    { documents: 1, terms: 4000 },
    { documents: 1, terms: 8000 },
    { documents: 0, terms: 0 },
    { documents: 0, terms: 0 },
    { documents: 0, terms: 0 },
    { documents: 1, terms: 4000 },
  ]);
  expect(terms.added(0)).toEqual({ documents: 0, terms: 0 });
  expect(terms.terms.get("tide")).toEqual([0, 4000, 1, 4000]);
  expect(VERSIONS.map((_, at) => terms.lengthAt(at))).toEqual([4000, 8000, 0, 0, 0, 4000]);
});

it("readers that take turns read each version once, each as far as it needs", () => {
  const [shared, alone] = [new VersionTerms(TEXT), new VersionTerms(TEXT)];
  const readers = [2, 6, 4].map((mark) => shared.read(VERSIONS, mark));
  for (let open = readers; open.length > 0;) open = open.filter((reader) => reader.next().done !== true);
  atOnce(alone.read(VERSIONS, 6));
  expect([...shared.terms]).toEqual([...alone.terms]);
  expect(shared.added(6)).toEqual(alone.added(6));
});
