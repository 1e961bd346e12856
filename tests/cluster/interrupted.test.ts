import { interruptedApplies, type Steps } from "./interrupted.suite.ts";

const SOME = new Map<string, Steps>([
  ["a local folder", { first: 0, stride: 1, back: 3 }],
  ["S3", { first: 4, stride: 20, back: 20 }],
]);

interruptedApplies((store) => SOME.get(store) ?? null);
