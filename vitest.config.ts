import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["omnigraph-source", ...defaultServerConditions] },
  ssr: { resolve: { conditions: ["omnigraph-source", ...defaultServerConditions] } },
  test: {
    globalSetup: ["tests/support/build.ts"],
    include: ["packages/*/src/**/*.test.ts", "tests/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
