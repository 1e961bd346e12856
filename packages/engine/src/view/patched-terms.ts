import type { Steps } from "@omnigraph/base";
import type { Property } from "@omnigraph/language";
import { anyEditTest } from "../search/edits.ts";
import type { Found, Postings, TextIndex } from "../search/text-index.ts";
import type { Overlay } from "./overlay.ts";
import type { VersionTerms } from "./version-terms.ts";

/** The terms of a property under an overlay: those of its visible versions, and of the base where an ordinal has no version. */
export class PatchedTerms implements TextIndex {
  readonly #base: TextIndex;
  readonly #overlay: Overlay;
  readonly #property: Property;

  constructor(base: TextIndex, overlay: Overlay, property: Property) {
    this.#base = base;
    this.#overlay = overlay;
    this.#property = property;
  }

  *find(terms: readonly string[]): Steps<Found> {
    yield* this.#read();
    const found = yield* this.#base.find(terms);
    let { documents, terms: total } = found;
    for (const { segment, mark } of this.#overlay.layers()) {
      const added = segment.terms(this.#property).added(mark);
      documents += added.documents;
      total += added.terms;
    }
    const postings: Postings[] = [];
    for (const [at, term] of terms.entries()) {
      postings.push(merged(this.#unchanged(found.postings[at]!), this.#changed(term)));
      yield;
    }
    return { postings, documents, terms: total, lengthOf: (ordinal) => this.#lengthOf(ordinal, found) };
  }

  *near(wanted: readonly string[], edits: number): Steps<readonly string[]> {
    yield* this.#read();
    const near = new Set(yield* this.#base.near(wanted, edits));
    const test = anyEditTest(wanted, edits);
    for (const { segment } of this.#overlay.layers()) {
      for (const term of this.#terms(segment).terms.keys()) if (!near.has(term) && test(term)) near.add(term);
      yield;
    }
    return [...near];
  }

  *#read(): Steps<void> {
    for (const { segment, mark } of this.#overlay.layers())
      yield* this.#terms(segment).read(segment.versions, mark);
  }

  #terms(segment: Overlay["segment"]): VersionTerms {
    return segment.terms(this.#property);
  }

  #lengthOf(ordinal: number, found: Found): number {
    const version = this.#overlay.version(ordinal);
    return version === null
      ? found.lengthOf(ordinal)
      : this.#terms(version.segment).lengthAt(version.position);
  }

  /** The postings of ordinals without a version. */
  #unchanged({ ordinals, counts }: Postings): Postings {
    const overlay = this.#overlay;
    const kept = ordinals
      .map((_, at) => at)
      .filter((at) => !overlay.mayHave(ordinals[at]!) || overlay.version(ordinals[at]!) === null);
    if (kept.length === ordinals.length) return { ordinals, counts };
    return { ordinals: kept.map((at) => ordinals[at]!), counts: kept.map((at) => counts[at]!) };
  }

  /** The postings of visible versions. */
  #changed(term: string): Postings {
    const rows: { readonly ordinal: number; readonly count: number }[] = [];
    for (const { segment, mark } of this.#overlay.layers()) {
      const texts = this.#terms(segment).terms.get(term) ?? [];
      for (let k = 0; k < texts.length && texts[k]! < mark; k += 2) {
        const version = segment.versions[texts[k]!]!;
        if (this.#overlay.version(version.ordinal) === version)
          rows.push({ ordinal: version.ordinal, count: texts[k + 1]! });
      }
    }
    rows.sort((a, b) => a.ordinal - b.ordinal);
    return {
      ordinals: Uint32Array.from(rows, ({ ordinal }) => ordinal),
      counts: Uint32Array.from(rows, ({ count }) => count),
    };
  }
}

/** The postings of different ordinals together. */
function merged(a: Postings, b: Postings): Postings {
  if (b.ordinals.length === 0) return a;
  const length = a.ordinals.length + b.ordinals.length;
  const both = { ordinals: new Uint32Array(length), counts: new Uint32Array(length) };
  for (let at = 0, i = 0, j = 0; at < length; at++) {
    const isFirst = j === b.ordinals.length || (i < a.ordinals.length && a.ordinals[i]! < b.ordinals[j]!);
    both.ordinals[at] = isFirst ? a.ordinals[i]! : b.ordinals[j]!;
    both.counts[at] = isFirst ? a.counts[i++]! : b.counts[j++]!;
  }
  return both;
}
