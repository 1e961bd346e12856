import { defaultServerConditions } from "vite";
import { configDefaults, defineConfig } from "vitest/config";

// Packages that Node itself loads must be found as Node finds them: the files behind "module" are for bundlers.
const conditions = ["omnigraph-source", ...defaultServerConditions.filter((name) => name !== "module")];
const LONG = "**/*.long.test.ts";

// `--mode long` runs what takes long by nature, and nothing else: docs/testing.md.
export default defineConfig(({ mode }) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globalSetup: ["tests/support/build.ts"],
    include: mode === "long" ? [LONG] : ["packages/*/src/**/*.test.ts", "tests/**/*.test.ts"],
    exclude: mode === "long" ? configDefaults.exclude : [...configDefaults.exclude, LONG],
    // These end what hangs: a machine may be ten times slower than ours.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
  },
}));
