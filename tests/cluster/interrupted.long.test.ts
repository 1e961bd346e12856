import { interruptedApplies } from "./interrupted.suite.ts";

interruptedApplies((store) => (store === "S3" ? { first: 0, stride: 2, back: 5 } : null));
