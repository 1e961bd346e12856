import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

// Packages that Node itself loads must be found as Node finds them: the files behind "module" are for bundlers.
const conditions = ["omnigraph-source", ...defaultServerConditions.filter((name) => name !== "module")];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globalSetup: ["tests/support/build.ts"],
    include: ["packages/*/src/**/*.test.ts", "tests/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
