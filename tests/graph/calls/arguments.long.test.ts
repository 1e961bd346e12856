import { join } from "node:path";
import { describe } from "vitest";
import { argumentsSuite } from "./arguments.suite.ts";

describe("whatever a caller without types gives, in a local folder", () =>
  argumentsSuite((folder) => join(folder, "fuzzed.omni")));
