import { OmnigraphError } from "@omnigraph/base";
import type { Lease, Need, View } from "../view/view.ts";

/** How often parts that others pushed out again are loaded before the write gives up. */
const ATTEMPTS = 8;

/** What a write keeps resident while it is evaluated. Release it when the write is done. */
export class Residency {
  private readonly leases: Lease[] = [];
  private readonly signal: AbortSignal | undefined;

  constructor(signal?: AbortSignal) {
    this.signal = signal;
  }

  /** Makes parts of a view resident until `release`. Waits only where something must be loaded. */
  async hold(view: View, needs: readonly Need[]): Promise<void> {
    if (needs.length === 0) return;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const lease = view.pin(needs);
      if (lease !== null) {
        this.leases.push(lease);
        return;
      }
      await view.load(needs, this.signal);
    }
    const types = [...new Set(needs.map(({ type }) => type.name))].join(", ");
    throw new OmnigraphError("memory_exceeded", `what the write needs of ${types} does not stay in memory`);
  }

  release(): void {
    for (const lease of this.leases.splice(0)) lease.release();
  }
}
