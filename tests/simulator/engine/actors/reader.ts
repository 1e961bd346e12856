import { exportedEntities } from "../../../support/models/feed-model.ts";
import type { Actor } from "./actor.ts";

const PEOPLE = `query people() {
  match { $p: Person }
  return { $p.name as name, $p.email as email, $p.age as age, $p.mood as mood }
  order { $p.name }
}`;

/** Reads the head of a branch, or a commit that the client was told of, by a query, and then all that is at the commit that it was answered from. */
export const reader: Actor<"read"> = {
  kind: "read",
  weight: 8,
  draw: (client) => {
    const { random } = client;
    const known = random.chance(0.3) ? client.remembered() : null;
    const branch = known?.branch ?? (random.chance(0.5) ? "main" : client.name());
    return { action: { kind: "read", branch, at: known?.commit ?? null }, isNamed: false };
  },
  perform: async ({ graph }, { branch, at }, { signal }) => {
    const options = { branch, ...(signal === undefined ? {} : { signal }) };
    const { commit, rows } = await graph.query(PEOPLE, {}, at === null ? options : { ...options, at });
    const lines = await exportedEntities(graph, { ...options, at: commit });
    const people = rows.map(({ name, email, age, mood }) => JSON.stringify([name, email, age, mood]));
    return { kind: "done", commit, lines, people };
  },
};
