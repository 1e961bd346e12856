import { faultSuite } from "./matrix.suite.ts";
import { memoryPlace } from "./places.ts";

faultSuite({ store: "memory", place: memoryPlace, sample: { nth: 10, all: false }, isOfPage: true });
