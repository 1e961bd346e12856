// A graph in a file, and all that it answers: for golden graphs, which the script that makes them and the test that opens them share.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** Window of the compression: a digest repeats what is megabytes away in the text of files. */
const WINDOW_BITS = 24;

/** The files below a folder as one small file: JSON of their contents in base 64 by path, compressed. */
export function packedFolder(folder) {
  const files = {};
  const walk = (path) => {
    const entries = readdirSync(join(folder, path), { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const at = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) walk(at);
      else files[at] = readFileSync(join(folder, at)).toString("base64");
    }
  };
  walk("");
  const params = { [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS };
  return brotliCompressSync(Buffer.from(JSON.stringify(files)), { params });
}

/** Writes the files of `packedFolder` below a folder. */
export function unpackFolder(packed, folder) {
  for (const [path, content] of Object.entries(JSON.parse(brotliDecompressSync(packed).toString()))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), Buffer.from(content, "base64"));
  }
}

/**
 * All that a graph answers: of every branch its rows, commits, counts and schema; of every commit the digest of its rows and what it changed; the difference of
 * each branch to main.
 */
export async function answersOf(graph) {
  const branches = {};
  const commits = {};
  const diffs = {};
  for (const { name } of await graph.branches.list()) {
    const listed = await graph.commits.list({ branch: name });
    const { datasets } = await graph.snapshot({ branch: name });
    const rows = await rowsOf(graph, { branch: name });
    branches[name] = {
      // What other branches differ in is in their differences.
      rows: name === "main" ? rows : digestOf(rows),
      commits: listed.map(({ id }) => id),
      counts: Object.fromEntries(datasets.map(({ typeName, count }) => [typeName, count])),
      schema: await graph.schema.show({ branch: name }),
    };
    for (const commit of listed) commits[commit.id] ??= await commitAnswers(graph, commit);
    const diff = await graph.branches.diff("main", name);
    diffs[name] = { stat: diff.stat, changes: await all(diff.changes()) };
  }
  return plain({ branches, commits, diffs });
}

/** What each branch answers: its rows and its commits. */
export async function branchesOf(graph) {
  const branches = {};
  for (const { name } of await graph.branches.list()) {
    const commits = await graph.commits.list({ branch: name });
    branches[name] = { rows: await rowsOf(graph, { branch: name }), commits };
  }
  return plain(branches);
}

/** The rows of a graph as lines, sorted. */
export async function rowsOf(graph, options) {
  const pieces = await all(graph.export(options));
  return Buffer.concat(pieces).toString().split("\n").filter(Boolean).toSorted();
}

async function commitAnswers(graph, summary) {
  const { id, parent } = summary;
  const rows = digestOf(await rowsOf(graph, { at: id }));
  const changes = [];
  for (let pageToken; parent !== null;) {
    const page = await graph.commits.changes(id, pageToken === undefined ? {} : { pageToken });
    changes.push(...page.changes);
    if (page.nextPageToken === null) break;
    pageToken = page.nextPageToken;
  }
  return { summary, rows, changes };
}

function digestOf(rows) {
  return createHash("sha256").update(rows.join("\n")).digest("hex");
}

async function all(items) {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

/** As JSON has it; integers beyond those of JSON as text. */
function plain(value) {
  return JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each)));
}
