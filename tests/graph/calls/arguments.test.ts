import { describe } from "vitest";
import { argumentsSuite } from "./arguments.suite.ts";

describe("whatever a caller without types gives, in memory", () => argumentsSuite(() => "memory://fuzzed"));
