import { shortestFloat32, unreachable } from "@omnigraph/base";
import { type Column, entryOf, isNull, longAt, textAt, type TextColumn, vectorAt } from "@omnigraph/storage";

const FIRST_CAPACITY = 1 << 16;
/** A line with a large Blob does not make all that follow as large. */
const MOST_KEPT = 1 << 20;

/** Writes JSON as UTF-8 bytes from columns. Text that needs no escape is copied as bytes, and integers are written without making a string. */
export class JsonBytes {
  length = 0;
  private bytes = Buffer.allocUnsafe(FIRST_CAPACITY);

  /** The bytes written since the last call; they belong to the caller. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = Buffer.allocUnsafe(Math.min(this.bytes.length, MOST_KEPT));
    this.length = 0;
    return taken;
  }

  raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  private ascii(text: string): void {
    this.room(text.length);
    this.length += this.bytes.write(text, this.length, "latin1");
  }

  /** A cell as a JSON value. */
  cell(column: Column, row: number): void {
    if (isNull(column, row)) return this.ascii("null");
    switch (column.kind) {
      case "text":
        return this.text(column, row);
      case "dictionary":
        return this.text(column.dictionary, column.codes[row]!);
      case "bool":
        return this.ascii(((column.bits[row >>> 3]! >>> (row & 7)) & 1) === 1 ? "true" : "false");
      case "number":
        return this.number(column.values[row]!, column.scalar === "F32");
      case "long": {
        const value = longAt(column, row);
        return typeof value === "number" ? this.number(value, false) : this.ascii(String(value));
      }
      case "list": {
        const entry = entryOf(column, row);
        return this.items(column.offsets[entry]!, column.offsets[entry + 1]!, (item) =>
          this.cell(column.items, item),
        );
      }
      case "vector": {
        const values = vectorAt(column, row);
        return this.items(0, values.length, (item) => this.number(values[item]!, true));
      }
      default:
        return unreachable(column);
    }
  }

  private items(from: number, to: number, write: (item: number) => void): void {
    this.byte(0x5b);
    for (let item = from; item < to; item++) {
      if (item > from) this.byte(0x2c);
      write(item);
    }
    this.byte(0x5d);
  }

  private text(column: TextColumn, row: number): void {
    const { bytes } = column;
    const from = column.offsets[row]!;
    const to = column.offsets[row + 1]!;
    this.room(to - from + 2);
    const into = this.bytes;
    let at = this.length;
    into[at++] = 0x22;
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!;
      if (byte < 0x20 || byte === 0x22 || byte === 0x5c) {
        this.raw(Buffer.from(JSON.stringify(textAt(column, row))));
        return;
      }
      into[at++] = byte;
    }
    into[at++] = 0x22;
    this.length = at;
  }

  private number(value: number, single: boolean): void {
    if (value < 0 || Object.is(value, -0)) {
      this.byte(0x2d);
      if (value === 0) this.ascii("0.0");
      else this.number(-value, single);
    } else if (Number.isInteger(value) && value < 1e15) this.digits(value);
    else if (single || !this.fraction(value)) this.ascii(String(single ? shortestFloat32(value) : value));
  }

  /**
   * Writes a number that has few decimals without making a string: its shortest text has the fewest decimals that read back as the same number.
   * Returns false, and writes nothing, for other numbers.
   */
  private fraction(value: number): boolean {
    if (value < 1e-5 || value >= 1e9) return false;
    const whole = Math.floor(value);
    for (let decimals = 1, power = 10; decimals <= 6; decimals++, power *= 10) {
      const scaled = Math.round(value * power);
      if (scaled / power !== value) continue;
      this.digits(whole);
      this.byte(0x2e);
      const rest = scaled - whole * power;
      for (let unit = power / 10; unit > 1 && rest < unit; unit /= 10) this.byte(0x30);
      this.digits(rest);
      return true;
    }
    return false;
  }

  private digits(value: number): void {
    let size = 1;
    for (let power = 10; value >= power; power *= 10) size++;
    this.room(size);
    let rest = value;
    for (let at = this.length + size - 1; at >= this.length; at--) {
      const next = Math.floor(rest / 10);
      this.bytes[at] = 0x30 + (rest - next * 10);
      rest = next;
    }
    this.length += size;
  }

  private byte(byte: number): void {
    this.room(1);
    this.bytes[this.length++] = byte;
  }

  private room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const wider = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(wider, 0, 0, this.length);
    this.bytes = wider;
  }
}
