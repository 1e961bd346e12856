import { interruptedApplies } from "./interrupted.suite.ts";

interruptedApplies(() => 1);
