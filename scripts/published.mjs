// What a program can import from the package that is published.
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** By entry of the package: the module, its declarations as `tsc -b` writes them, and the committed report of them. */
export const ENTRIES = {
  ".": {
    name: "index",
    source: "packages/graph/src/index.ts",
    declarations: "packages/graph/dist/index.d.ts",
    report: "docs/reference/library.api.md",
  },
  "./policy": {
    name: "policy",
    source: "packages/policy/src/index.ts",
    declarations: "packages/policy/dist/index.d.ts",
    report: "docs/reference/policy.api.md",
  },
  "./client": {
    name: "client",
    source: "packages/client/src/index.ts",
    declarations: "packages/client/dist/index.d.ts",
    report: "docs/reference/client.api.md",
    // It runs in browsers too: a file of its own, with nothing of Node.
    isPortable: true,
  },
  "./wire": {
    name: "wire",
    source: "packages/wire/src/index.ts",
    declarations: "packages/wire/dist/index.d.ts",
    report: "docs/reference/wire.api.md",
  },
};
