import { isError } from "@omnigraph/base";
import { type ChangeBlock, Omnigraph } from "omnigraph";
import type { Write } from "../../oracle/random-writes.ts";
import { COMPANY_DATA, COMPANY_SCHEMA } from "./company.ts";

let graphs = 0;

/** A graph in memory whose writes of more than so many rows are staged as tables. */
export function fresh(schema: string, inlineRows?: number): Promise<Omnigraph> {
  return Omnigraph.init(`memory://changes-${graphs++}`, {
    schema,
    actor: "ann",
    ...(inlineRows === undefined ? {} : { inlineRows }),
  });
}

/** A graph of which every kind of change was made: loads inline and staged, an update, a delete with cascade, types overwritten. */
export async function company(inlineRows?: number): Promise<Omnigraph> {
  const graph = await fresh(COMPANY_SCHEMA, inlineRows);
  await graph.load(COMPANY_DATA, { mode: "append" });
  await graph.mutate('query q() { insert Person { slug: "dee", name: "Dee" } }');
  await graph.mutate('query q() { update Person set { name: "Bob", age: 6 } where slug = "bo" }');
  await graph.load(
    ["ada", "bo", "eve", "fay"]
      .map((slug) => JSON.stringify({ type: "Person", data: { slug, name: slug } }))
      .join("\n"),
    { mode: "merge" },
  );
  await graph.load(
    '{"type":"City","data":{"slug":"oslo","name":"Oslo"}}\n{"type":"City","data":{"slug":"rome","name":"Rome"}}',
    {
      mode: "overwrite",
    },
  );
  await graph.mutate('query q() { delete Person where slug = "bo" }');
  return graph;
}

/** Whether changes stand in the order of kind (nodes first), type name and id by UTF-8 bytes, each entity once. */
export function isOrdered({ changes }: ChangeBlock): boolean {
  const keys = changes.map(({ kind, type, id }) =>
    Buffer.from(`${kind === "node" ? 0 : 1} ${type.name} ${id}`),
  );
  return keys.every((key, i) => i === 0 || Buffer.compare(keys[i - 1] ?? key, key) < 0);
}

export function brief(block: ChangeBlock): readonly string[] {
  return block.changes.map(
    ({ op, type, id }) => `${op} ${type.name} ${type.name.startsWith("Li") ? "*" : id}`,
  );
}

export async function attempt(graph: Omnigraph, step: Write): Promise<void> {
  try {
    if (step.kind === "mutate") await graph.mutate(step.source);
    else await graph.load(step.text, { mode: step.mode });
  } catch (error) {
    if (!isError(error)) throw error; // a refused write is no commit
  }
}
