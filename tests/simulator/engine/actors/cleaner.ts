import { type Actor, limitsOf } from "./actor.ts";

/** Gives up the past, with and without a time for others to end what they read of it. */
export const cleaner: Actor<"cleanup"> = {
  kind: "cleanup",
  weight: 8,
  draw: ({ random }) => {
    const byAge = random.chance(0.3);
    const keep = byAge && random.chance(0.5) ? null : 1 + random.integer(4);
    const olderThanMs = byAge ? random.pick([0, 2_000, 20_000]) : null;
    const graceMs = random.pick([0, 0, 300, 10_000]);
    const confirm = random.chance(0.9);
    return { action: { kind: "cleanup", keep, olderThanMs, graceMs, confirm }, isNamed: false };
  },
  perform: async ({ graph }, { keep, olderThanMs, graceMs, confirm }, options) => {
    const answer = await graph.maintenance.cleanup({
      ...limitsOf(options),
      ...(keep === null ? {} : { keep }),
      ...(olderThanMs === null ? {} : { olderThanMs }),
      graceMs,
      confirm,
      // Horizons, and the commits that fold, bear the name of the errand that made them.
      actor: options.message,
    });
    const tables = answer.types.reduce((sum, type) => sum + type.tables, 0);
    return { kind: "done", commit: null, reclaimed: confirm ? answer.commits + tables : 0 };
  },
};

/** Gives up all but the newest, at once. */
export const hastyCleaner: Actor<"cleanup"> = {
  ...cleaner,
  draw: ({ random }) => {
    const keep = 1 + random.integer(2);
    const action = { kind: "cleanup", keep, olderThanMs: null, graceMs: 0, confirm: true } as const;
    return { action, isNamed: false };
  },
};
