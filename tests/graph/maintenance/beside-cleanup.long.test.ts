import { describe } from "vitest";
import { besideCleanupSuite } from "./beside-cleanup.suite.ts";

describe("beside cleanups, every other moment", () => besideCleanupSuite((call) => call % 16 !== 5));
