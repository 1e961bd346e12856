import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the folder of a cluster is to describe. */
export interface FolderOf {
  /** Where its graphs are; by default in the folder. */
  readonly storage?: string;
  /** By id. */
  readonly graphs: Readonly<Record<string, { readonly schema: string; readonly queries?: string }>>;
  /** By name: rules in one line each, and what they are for. */
  readonly policies?: Readonly<Record<string, { readonly actions: string; readonly appliesTo: string }>>;
}

/** Writes a folder anew. */
export function writeCluster(folder: string, { storage, graphs, policies = {} }: FolderOf): void {
  for (const part of ["cluster.yaml", "schemas", "queries", "policies"])
    rmSync(join(folder, part), { recursive: true, force: true });
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const lines = ["version: 1", "metadata: { name: test }"];
  if (storage !== undefined) lines.push(`storage: ${storage}`);
  lines.push("graphs:");
  for (const [id, { schema, queries }] of Object.entries(graphs)) {
    put(`schemas/${id}.pg`, schema);
    if (queries !== undefined) put(`queries/${id}/all.gq`, queries);
    lines.push(
      `  ${id}: { schema: schemas/${id}.pg${queries === undefined ? "" : `, queries: queries/${id}`} }`,
    );
  }
  if (Object.keys(policies).length > 0) lines.push("policies:");
  for (const [name, { actions, appliesTo }] of Object.entries(policies)) {
    put(
      `policies/${name}.yaml`,
      `version: 1\ngroups: { all: [ann] }\nrules: [{ id: ${name}, allow: { actors: { group: all }, actions: [${actions}] } }]\n`,
    );
    lines.push(`  ${name}: { file: policies/${name}.yaml, applies_to: [${appliesTo}] }`);
  }
  put("cluster.yaml", `${lines.join("\n")}\n`);
}
