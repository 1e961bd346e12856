// Installs the programs of others that the long tests run: engines that read and write our tables, S3 servers. Each has a folder of its own outside the
// repository. Needs Python and PyPI; what is there already is left as it is. `node scripts/prepare-tools.mjs` before `npm run test:long`; CI does it in .ci/run.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RAY, READERS } from "../tests/readers/readers.mjs";
import { toolsFolder } from "../tests/support/running/tools.mjs";
import { SERVERS } from "../tests/support/stores/servers.mjs";

function run(command, args) {
  const ran = spawnSync(command, args, { encoding: "utf8" });
  if (ran.status === 0) return;
  const why = ran.error?.message ?? `${ran.stdout}${ran.stderr}`.trim();
  throw new Error(`cannot install what the tests run: ${command} ${args.join(" ")}: ${why}`);
}

mkdirSync(toolsFolder(), { recursive: true });
for (const { name, packages } of [...READERS, RAY, ...SERVERS]) {
  const folder = join(toolsFolder(), name);
  const ready = join(folder, "ready");
  if (existsSync(ready)) continue;
  rmSync(folder, { recursive: true, force: true });
  run("python3", ["-m", "venv", folder]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
  run(join(folder, "bin", "python"), [...pip, ...packages]);
  writeFileSync(ready, `${packages.join("\n")}\n`);
  console.log(`${name}: ${packages.join(", ")}`);
}
