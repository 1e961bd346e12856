import { describe } from "vitest";
import { besideCleanupSuite } from "./beside-cleanup.suite.ts";

describe("beside cleanups, some moments", () => besideCleanupSuite((call) => call % 16 === 5));
