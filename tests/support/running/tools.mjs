import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where the programs of others are installed that long tests run: outside the repository, kept from run to run. */
export function toolsFolder() {
  return process.env.OMNIGRAPH_TOOLS ?? join(tmpdir(), "omnigraph-tools");
}

/** The path of a program of a tool. Throws where the tool is not installed: a test without it fails. */
export function toolProgram(name, program) {
  const folder = join(toolsFolder(), name);
  if (!existsSync(join(folder, "ready")))
    throw new Error(
      `${name} is not in ${folder}: run node scripts/prepare-tools.mjs (it needs python3 and PyPI)`,
    );
  return join(folder, "bin", program);
}
