/** A list of ordinals that grows. */
export class OrdinalList {
  items: Uint32Array = new Uint32Array(16);
  length = 0;

  push(ordinal: number): void {
    if (this.length === this.items.length) this.#widen();
    this.items[this.length++] = ordinal;
  }

  #widen(): void {
    const wider = new Uint32Array(this.items.length * 2);
    wider.set(this.items);
    this.items = wider;
  }
}
