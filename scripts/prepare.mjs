// Runs after every installation: builds the packages and the command.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";

// The current Node that the package test runs on links itself as `node`: every script would run on it instead of the Node that was chosen.
rmSync("node_modules/.bin/node", { force: true });
execFileSync("node_modules/.bin/tsc", ["-b"], { stdio: "inherit" });
execFileSync(process.execPath, ["scripts/clean-dist.mjs"], { stdio: "inherit" });
execFileSync(process.execPath, ["scripts/bundle-cli.mjs"], { stdio: "inherit" });
