#!/usr/bin/env bash
# isomorphic-git 1.44.19: `git.log` of a history with a merge lists commits more than once, parents before children, when commits were made within one
# second: it walks by time, which git keeps in whole seconds, and forgets what it has listed. With a second between them each commit comes once.
# A program that makes commits makes many within a second.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --no-audit --no-fund --silent isomorphic-git@1.44.19 memfs@4.80.1
cat > run.mjs <<'JS'
import assert from "node:assert/strict";
import git from "isomorphic-git";
import { fs } from "memfs";

async function logOf(secondsBetween) {
  const dir = `/repository${secondsBetween}`;
  let timestamp = 1_700_000_000;
  const author = () => ({ name: "Ann", email: "ann@example.com", timestamp, timezoneOffset: 0 });
  const commit = async (name) => {
    fs.writeFileSync(`${dir}/${name}`, name);
    await git.add({ fs, dir, filepath: name });
    await git.commit({ fs, dir, message: name, author: author() });
    timestamp += secondsBetween;
  };
  const commitOn = async (ref, name) => {
    await git.checkout({ fs, dir, ref, force: true });
    await commit(name);
  };
  fs.mkdirSync(dir);
  await git.init({ fs, dir, defaultBranch: "main" });
  await commit("base");
  await git.branch({ fs, dir, ref: "other" });
  await commitOn("main", "m1");
  await commitOn("other", "o1");
  await commitOn("main", "m2");
  await git.merge({ fs, dir, ours: "main", theirs: "other", author: author(), message: "merge" });
  return (await git.log({ fs, dir, ref: "main" })).map(({ commit: { message } }) => message.trim());
}

const apart = await logOf(1);
const together = await logOf(0);
console.log("a second apart: ", apart.join(", "));
console.log("the same second:", together.join(", "));
assert.deepEqual(apart, ["merge", "m2", "o1", "m1", "base"]);
assert.deepEqual(together, ["merge", "o1", "base", "m2", "m1", "base"]);
JS
node run.mjs
