import { ALL_STEPS, recoverySuite } from "./recovery.suite.ts";

recoverySuite("recovery-kill", [
  ...ALL_STEPS.map((step) => ["load", step] as const),
  ["load that makes its branch", "staged"],
  ["mutation", "staged"],
  ["merge", "staged"],
  ["revert", "table written"],
  ["fold", "staged"],
]);
