import { interruptedApplies } from "./interrupted.suite.ts";

interruptedApplies((store) => (store === "a local folder" ? 1 : 6));
