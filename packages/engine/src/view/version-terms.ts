import type { Steps } from "@omnigraph/base";
import type { Property } from "@omnigraph/language";
import { type RowBatch, valueAt } from "@omnigraph/storage";
import { STEP_CHARACTERS, STEP_TEXTS } from "../search/text-index.ts";
import { TermLog, type TermTexts } from "../search/term-log.ts";

/** What is read of a version: its new image, and the one before. */
interface Images {
  readonly image: RowBatch | null;
  readonly row: number;
  readonly former: RowBatch | null;
  readonly formerRow: number;
}

/**
 * The terms of one property in the versions of a segment, by their positions. It is made as far as somebody has searched, and grows with the segment; each view reads what is below
 * its own mark. So a commit costs the analysis of its own texts, once for all views.
 */
export class VersionTerms {
  readonly #property: Property;
  readonly #log = new TermLog();
  /** By position the number of terms of the new image; 0 where it has none. */
  readonly #lengths: number[] = [];
  /** By position what the versions up to this one have added to the rows that have terms, and to their terms: what they have now less what they had before. */
  readonly #documents: number[] = [];
  readonly #terms: number[] = [];

  constructor(property: Property) {
    this.#property = property;
  }

  /** Reads the versions below a mark that were not read yet. */
  *read(versions: readonly Images[], mark: number): Steps<void> {
    let work = 0;
    // Another reader may go on with them between two steps.
    while (this.#lengths.length < mark) {
      work += this.#append(versions[this.#lengths.length]!) + STEP_CHARACTERS / STEP_TEXTS;
      if (work < STEP_CHARACTERS) continue;
      work = 0;
      yield;
    }
  }

  /** By term the positions of versions whose new image has it, with how often; also beyond the mark. */
  get terms(): ReadonlyMap<string, TermTexts> {
    return this.#log.terms;
  }

  lengthAt(position: number): number {
    return this.#lengths[position] ?? 0;
  }

  /** What all versions below a mark have added. */
  added(mark: number): { readonly documents: number; readonly terms: number } {
    return { documents: this.#documents[mark - 1] ?? 0, terms: this.#terms[mark - 1] ?? 0 };
  }

  /** Answers the characters that were read. */
  #append({ image, row, former, formerRow }: Images): number {
    const position = this.#lengths.length;
    const now = this.#text(image, row);
    const before = this.#text(former, formerRow);
    const length = now === null ? 0 : this.#log.append(position, now);
    const old = before === null ? 0 : this.#log.lengthOf(before);
    this.#lengths.push(length);
    this.#documents.push((this.#documents[position - 1] ?? 0) + Number(length > 0) - Number(old > 0));
    this.#terms.push((this.#terms[position - 1] ?? 0) + length - old);
    return (now?.length ?? 0) + (before?.length ?? 0);
  }

  /** The text of an image; an image from before the property has what the property was added with. */
  #text(image: RowBatch | null, row: number): string | null {
    if (image === null) return null;
    const column = image.columns.get(this.#property.id);
    const text = column === undefined ? (this.#property.fill ?? null) : valueAt(column, row);
    return typeof text === "string" ? text : null;
  }
}
