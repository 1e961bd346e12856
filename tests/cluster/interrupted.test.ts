import { interruptedApplies } from "./interrupted.suite.ts";

interruptedApplies((store) => (store === "a local folder" ? { first: 0, stride: 1, back: 3 } : null));
