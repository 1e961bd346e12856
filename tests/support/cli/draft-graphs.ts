import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll } from "vitest";
import { type Json, jsonIn, ok } from "./cli.ts";
import { testFolder } from "../running/folders.ts";

const SCHEMA = `node Person { name: String @key  age: I32?  city: String? }
edge Knows: Person -> Person @card(0..1) { since: I32? }
`;
const DATA = `{"type":"Person","data":{"name":"Ann","age":41}}
{"type":"Person","data":{"name":"Bob","age":30}}
`;
const PERSON =
  "query p($n: String) { match { $p: Person { name: $n } } return { $p.age as age, $p.city as city } }";

/** Graphs in a folder of the test file, each with two people and a branch `draft`, as the command makes and changes them. */
export interface DraftGraphs {
  readonly cwd: string;
  /** Runs the command for an answer in JSON. */
  readonly json: (...args: string[]) => Promise<Json>;
  /** A fresh graph. */
  readonly fresh: (name: string) => string;
  /** The graph under another name. A graph is a folder: a copy is as good as one that was made afresh, and made sooner. */
  readonly copyOf: (graph: string, name: string) => string;
  /** Runs a mutation given as the body of a query, and answers its commit. */
  readonly change: (graph: string, branch: string, body: string) => Promise<string>;
  /** What is known of a person, by default on `main`. */
  readonly person: (graph: string, name: string, ...target: string[]) => Promise<unknown>;
}

export function draftGraphs(name: string): DraftGraphs {
  const cwd = testFolder(name);
  beforeAll(async () => {
    writeFileSync(join(cwd, "schema.pg"), SCHEMA);
    writeFileSync(join(cwd, "data.jsonl"), DATA);
    await ok(["init", "--schema", "schema.pg", "fresh.omni"], { cwd });
    await ok(["load", "--data", "data.jsonl", "--mode", "append", "fresh.omni"], { cwd });
    await ok(["branch", "create", "draft", "--uri", "fresh.omni", "--quiet"], { cwd });
  });
  const json = jsonIn(cwd);
  const copyOf = (graph: string, copy: string): string => {
    cpSync(join(cwd, graph), join(cwd, `${copy}.omni`), { recursive: true });
    return `${copy}.omni`;
  };
  return {
    cwd,
    json,
    copyOf,
    fresh: (copy) => copyOf("fresh.omni", copy),
    change: async (graph, branch, body) => {
      const source = `query q() { ${body} }`;
      const { commit } = await json("mutate", "--store", graph, "--branch", branch, "-e", source);
      return idOf(commit);
    },
    person: async (graph, of, ...target) => {
      const params = JSON.stringify({ n: of });
      const { rows } = await json("query", "--store", graph, "-e", PERSON, "--params", params, ...target);
      return rows;
    },
  };
}

export const setAge = (age: number): string => `update Person set { age: ${age} } where name = "Ann"`;
export const setCity = (city: string): string => `update Person set { city: "${city}" } where name = "Ann"`;

export function readJson(text: string): Json {
  return JSON.parse(text);
}

/** The id of a commit as answers have it. */
export function idOf(commit: unknown): string {
  if (typeof commit === "object" && commit !== null && "graph_commit_id" in commit)
    return String(commit.graph_commit_id);
  throw new Error(`no commit: ${JSON.stringify(commit)}`);
}
