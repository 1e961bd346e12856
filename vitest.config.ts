import { join } from "node:path";
import { defaultServerConditions } from "vite";
import { configDefaults, defineConfig } from "vitest/config";

// Packages that Node itself loads must be found as Node finds them: the files behind "module" are for bundlers.
const conditions = ["omnigraph-source", ...defaultServerConditions.filter((name) => name !== "module")];
const LONG = "**/*.long.test.ts";
/** Tests of what is in memory: they need no build. */
const IN_MEMORY = [
  "packages/*/src/**/*.test.ts",
  "tests/{language,oracle,simulator,support}/**/*.test.ts",
] as const;
/** Tests that start processes run what is built. */
const globalSetup = ["tests/support/running/build.ts"];

// `--mode long` runs what takes long by nature, and nothing else: docs/testing.md.
export default defineConfig(({ mode }) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // These end what hangs: a machine may be ten times slower than ours.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
    // Files share the modules that a worker has loaded: loading them afresh for each file would take longer than most tests do.
    isolate: false,
    setupFiles: [join(import.meta.dirname, "tests/support/running/put-back.ts")],
    ...(mode === "long"
      ? { globalSetup, include: [LONG] }
      : {
          projects: [
            {
              extends: true,
              test: {
                name: "in memory",
                include: [...IN_MEMORY],
                exclude: [...configDefaults.exclude, LONG],
              },
            },
            {
              extends: true,
              test: {
                name: "whole",
                globalSetup,
                include: ["tests/**/*.test.ts"],
                exclude: [...configDefaults.exclude, LONG, ...IN_MEMORY],
              },
            },
          ],
        }),
  },
}));
