import { faultSuite } from "./matrix.suite.ts";
import { memoryPlace } from "./places.ts";

faultSuite({ store: "memory", place: memoryPlace, nth: 1, isOfPage: true });
