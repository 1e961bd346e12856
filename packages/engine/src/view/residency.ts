import type { Lease, Need, View } from "./view.ts";

/** The parts of views that an evaluation keeps resident. Release it when the evaluation is done. */
export class Residency {
  private readonly leases: Lease[] = [];
  private readonly signal: AbortSignal | undefined;

  constructor(signal?: AbortSignal) {
    this.signal = signal;
  }

  /** Makes parts of a view resident until `release`. Waits only if something must be loaded. */
  async hold(view: View, needs: readonly Need[]): Promise<void> {
    if (needs.length === 0) return;
    this.leases.push(view.pin(needs) ?? (await view.hold(needs, this.signal)));
  }

  release(): void {
    for (const lease of this.leases.splice(0)) lease.release();
  }
}
