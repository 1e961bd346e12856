#!/usr/bin/env bash
# isomorphic-git 1.44.19: two branches that merged each other's earlier commit and then changed different files cannot be merged again, though nothing
# conflicts: `findMergeBase` answers two bases, and `merge` refuses with MergeNotSupportedError, whose message speaks of conflicts. Git itself merges
# them.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent isomorphic-git@1.44.19
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import git from "isomorphic-git";

const dir = `${process.cwd()}/repository`;
let timestamp = 1_700_000_000;
const author = () => ({ name: "Ann", email: "ann@example.com", timestamp: timestamp++, timezoneOffset: 0 });
const edit = async (ref, name, text) => {
  await git.checkout({ fs, dir, ref, force: true });
  fs.writeFileSync(`${dir}/${name}`, text);
  await git.add({ fs, dir, filepath: name });
  return git.commit({ fs, dir, message: `${name} ${text}`, author: author() });
};
fs.mkdirSync(dir);
await git.init({ fs, dir, defaultBranch: "x" });
fs.writeFileSync(`${dir}/base`, "base");
await git.add({ fs, dir, filepath: "base" });
await git.commit({ fs, dir, message: "base", author: author() });
await git.branch({ fs, dir, ref: "y" });
await git.branch({ fs, dir, ref: "x1", object: await edit("x", "mine", "1") });
await git.branch({ fs, dir, ref: "y1", object: await edit("y", "yours", "1") });
await git.merge({ fs, dir, ours: "x", theirs: "y1", author: author() });
await git.merge({ fs, dir, ours: "y", theirs: "x1", author: author() });
await edit("x", "mine", "2");
await edit("y", "yours", "2");

const oids = await Promise.all(["x", "y"].map((ref) => git.resolveRef({ fs, dir, ref })));
const bases = await git.findMergeBase({ fs, dir, oids });
console.log("merge bases:", bases.length);
assert.equal(bases.length, 2);
const failure = await git.merge({ fs, dir, ours: "x", theirs: "y", author: author() }).then(() => null, (error) => error);
console.log("merge:", failure?.code, failure?.message);
assert.equal(failure?.code, "MergeNotSupportedError");

const identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"];
execFileSync("git", ["checkout", "--quiet", "--force", "x"], { cwd: dir });
execFileSync("git", [...identity, "merge", "--quiet", "--no-edit", "y"], { cwd: dir });
console.log("git merges them:", fs.readFileSync(`${dir}/mine`, "utf8"), fs.readFileSync(`${dir}/yours`, "utf8"));
assert.equal(fs.readFileSync(`${dir}/yours`, "utf8"), "2");
JS
node run.mjs
