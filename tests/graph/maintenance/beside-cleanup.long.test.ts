import { describe } from "vitest";
import { besideCleanupSuite } from "./beside-cleanup.suite.ts";

describe("beside cleanups, at every fourth moment", () => besideCleanupSuite((call) => call % 4 === 1));
