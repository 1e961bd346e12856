import { testFolder } from "../support/running/folders.ts";
import { faultSuite } from "./matrix.suite.ts";
import { localPlace } from "./places.ts";

const folder = testFolder("faults-long");

faultSuite({ store: "a local folder", place: () => localPlace(folder), nth: 5, isOfPage: false });
