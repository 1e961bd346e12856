import { testFolder } from "../support/running/folders.ts";
import { faultSuite } from "./matrix.suite.ts";
import { localPlace } from "./places.ts";

const folder = testFolder("faults-long");

faultSuite({
  store: "local",
  place: () => localPlace(folder),
  sample: { nth: 24, all: true },
  isOfPage: false,
});
