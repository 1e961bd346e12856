import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The engines that read our tables in tests, each with its packages from PyPI. The name changes with the packages: what is installed is found by it. */
export const READERS = [
  { name: "pylance-2.0.1", engine: "lance", packages: ["pylance==2.0.1", "pyarrow==26.0.1"] },
  { name: "pylance-3.0.2", engine: "lance", packages: ["pylance==3.0.2", "pyarrow==26.0.1"] },
  { name: "pylance-14.0.2", engine: "lance", packages: ["pylance==14.0.2", "pyarrow==26.0.1"] },
  {
    name: "duckdb-1.5.5",
    engine: "duckdb",
    packages: ["duckdb==1.5.5", "duckdb-extension-lance==1.5.5", "pyarrow==26.0.1"],
  },
];

/** Where they are installed: outside the repository, kept from run to run. */
export function readersFolder() {
  return process.env.OMNIGRAPH_READERS ?? join(tmpdir(), "omnigraph-readers");
}

/** The Python of a reader. Throws where it is not installed: a test without its reader fails. */
export function pythonOf(name) {
  const folder = join(readersFolder(), name);
  if (!existsSync(join(folder, "ready")))
    throw new Error(
      `${name} is not in ${folder}: run node scripts/prepare-readers.mjs (it needs python3 and PyPI)`,
    );
  return join(folder, "bin", "python");
}
