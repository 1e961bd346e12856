import { testFolder } from "../support/running/folders.ts";
import { faultSuite } from "./matrix.suite.ts";
import { localPlace } from "./places.ts";

const folder = testFolder("faults-long");

faultSuite({
  store: "local",
  place: () => localPlace(folder),
  sample: { nth: 100, all: true },
  isOfPage: true,
});
