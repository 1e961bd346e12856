import { execFileSync } from "node:child_process";
import { ROOT } from "./markdown.ts";

/** Brings the built packages and the command up to date once a run: tests that start processes run what a user would. */
export default function build(): void {
  execFileSync(`${ROOT}node_modules/.bin/tsc`, ["-b"], { cwd: ROOT, stdio: "inherit" });
  execFileSync(process.execPath, [`${ROOT}scripts/clean-dist.mjs`], { stdio: "inherit" });
  execFileSync(process.execPath, [`${ROOT}scripts/bundle-cli.mjs`], { stdio: "inherit" });
}
