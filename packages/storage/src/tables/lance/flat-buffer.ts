/** A number in a table, of so many bytes; 8 bytes are written from a safe integer. */
interface FlatNumber {
  readonly bytes: 1 | 2 | 4 | 8;
  readonly value: number;
}

/** What is stored elsewhere, and referred to. */
type FlatNode =
  | { readonly kind: "table"; readonly fields: readonly FlatField[] }
  | { readonly kind: "text"; readonly text: string }
  /** Tables, by reference. */
  | { readonly kind: "list"; readonly items: readonly FlatNode[] }
  /** Structures of 64-bit words, one after another. */
  | { readonly kind: "structs"; readonly count: number; readonly words: readonly number[] };

/** A member of a table, in its place; null where it is left out. */
export type FlatField = FlatNumber | FlatNode | null;

export function flatTable(...fields: FlatField[]): FlatNode {
  return { kind: "table", fields };
}

export function flatText(text: string): FlatNode {
  return { kind: "text", text };
}

export function flatList(items: readonly FlatNode[]): FlatNode {
  return { kind: "list", items };
}

/** `words`: those of all structures, of which there are `count`. */
export function flatStructs(count: number, words: readonly number[]): FlatNode {
  return { kind: "structs", count, words };
}

export function int8(value: number): FlatNumber {
  return { bytes: 1, value };
}

export function int16(value: number): FlatNumber {
  return { bytes: 2, value };
}

export function int32(value: number): FlatNumber {
  return { bytes: 4, value };
}

export function int64(value: number): FlatNumber {
  return { bytes: 8, value };
}

/** A table as a FlatBuffer, padded to a multiple of 8 bytes. */
export function flatBuffer(root: FlatNode): Uint8Array {
  const writer = new FlatWriter();
  writer.reference(root);
  return writer.finish();
}

const REFERENCE_BYTES = 4;
const HALF = 2 ** 32;

/** Writes what refers to others first, so that all references point forwards, as the format wants. */
class FlatWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #end = 0;

  finish(): Uint8Array {
    this.#align(8);
    return this.#bytes.subarray(0, this.#end);
  }

  /** A reference at the end, and what it refers to behind it. */
  reference(node: FlatNode): void {
    const at = this.#room(REFERENCE_BYTES, REFERENCE_BYTES);
    this.#refer(at, node);
  }

  #refer(at: number, node: FlatNode): void {
    const target = this.#put(node); // before the view is asked for: it may grow
    this.#view.setUint32(at, target - at, true);
  }

  /** Answers its position. */
  #put(node: FlatNode): number {
    switch (node.kind) {
      case "table":
        return this.#table(node.fields);
      case "text": {
        const text = new TextEncoder().encode(node.text);
        const at = this.#room(4 + text.length + 1, 4); // a zero follows
        this.#view.setUint32(at, text.length, true);
        this.#bytes.set(text, at + 4);
        return at;
      }
      case "list": {
        const at = this.#room(4 + REFERENCE_BYTES * node.items.length, 4);
        this.#view.setUint32(at, node.items.length, true);
        node.items.forEach((item, i) => this.#refer(at + 4 + REFERENCE_BYTES * i, item));
        return at;
      }
      case "structs": {
        this.#align(8);
        const at = this.#room(8 + 8 * node.words.length, 8) + 4; // the words are aligned, their number is right before them
        this.#view.setUint32(at, node.count, true);
        node.words.forEach((word, i) => this.#long(at + 4 + 8 * i, word));
        return at;
      }
    }
  }

  /** The list of its members' places, the table, and then what it refers to. */
  #table(fields: readonly FlatField[]): number {
    const places: number[] = [];
    let size = 4;
    for (const field of fields) {
      const bytes = field === null ? 0 : "bytes" in field ? field.bytes : REFERENCE_BYTES;
      if (bytes > 0) size = Math.ceil(size / bytes) * bytes;
      places.push(bytes === 0 ? 0 : size);
      size += bytes;
    }
    const list = this.#room(4 + 2 * places.length, 2);
    const at = this.#room(size, 8);
    this.#view.setUint16(list, 4 + 2 * places.length, true);
    this.#view.setUint16(list + 2, size, true);
    places.forEach((place, i) => this.#view.setUint16(list + 4 + 2 * i, place, true));
    this.#view.setInt32(at, at - list, true);
    fields.forEach((field, i) => {
      const place = at + (places[i] ?? 0);
      if (field === null) return;
      if ("bytes" in field) this.#number(place, field);
      else this.#refer(place, field);
    });
    return at;
  }

  #number(at: number, { bytes, value }: FlatNumber): void {
    if (bytes === 1) this.#view.setInt8(at, value);
    else if (bytes === 2) this.#view.setInt16(at, value, true);
    else if (bytes === 4) this.#view.setInt32(at, value, true);
    else this.#long(at, value);
  }

  #long(at: number, value: number): void {
    this.#view.setUint32(at, value % HALF, true);
    this.#view.setUint32(at + 4, Math.floor(value / HALF), true);
  }

  #align(size: number): void {
    this.#end = Math.ceil(this.#end / size) * size;
    this.#grow();
  }

  /** Makes room, of zeros, at a multiple of a size; answers where. */
  #room(bytes: number, size: number): number {
    this.#align(size);
    const at = this.#end;
    this.#end += bytes;
    this.#grow();
    return at;
  }

  #grow(): void {
    if (this.#end <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(this.#end, this.#bytes.length * 2));
    wider.set(this.#bytes);
    this.#bytes = wider;
    this.#view = new DataView(wider.buffer);
  }
}
