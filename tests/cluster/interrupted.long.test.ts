import { interruptedApplies } from "./interrupted.suite.ts";

interruptedApplies(() => ({ first: 0, stride: 1, back: 1 }));
