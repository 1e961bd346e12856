import { ALL_STEPS, ALL_WRITES, recoverySuite } from "./recovery.suite.ts";

recoverySuite(
  "recovery-kill-all",
  ALL_WRITES.flatMap((write) => ALL_STEPS.map((step) => [write, step] as const)),
);
