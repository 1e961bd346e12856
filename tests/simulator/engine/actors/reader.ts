import { decodeUlid, present } from "@omnigraph/base";
import { formatInstant } from "@omnigraph/language";
import { exportedEntities } from "../../../support/models/feed-model.ts";
import { withoutExtras } from "../schemas.ts";
import { type Actor, type Client, limitsOf } from "./actor.ts";

const PEOPLE = `query people() {
  match { $p: Person }
  return { $p.name as name, $p.email as email, $p.age as age, $p.mood as mood }
  order { $p.name }
}`;

/**
 * Reads the head of a branch, a commit that the client was told of, one a few before the head, or the branch as it was at a time, by a query, and then all that
 * is at the commit that it was answered from.
 */
export const reader: Actor<"read"> = {
  kind: "read",
  weight: 12,
  draw: (client) => {
    const { random } = client;
    const known = random.chance(0.5) ? client.remembered() : null;
    const branch = known?.branch ?? (random.chance(0.5) ? "main" : client.name());
    const at = known === null ? back(client, branch) : aboutThen(client, known.commit);
    return { action: { kind: "read", branch, at }, isNamed: false };
  },
  perform: async ({ graph }, { branch, at }, limits) => {
    const options = { branch, ...limitsOf(limits) };
    const { commit, rows } = await graph.query(PEOPLE, {}, at === null ? options : { ...options, at });
    const lines = await exportedEntities(graph, { ...options, at: commit });
    const people = rows.map(({ name, email, age, mood }) => JSON.stringify([name, email, age, mood]));
    return { kind: "done", commit, lines: lines.map(withoutExtras), people };
  },
};

/** The head, or now and then a commit before it. */
function back({ random }: Client, branch: string): string | null {
  return random.chance(0.3) ? `${branch}~${random.integer(4)}` : null;
}

/** A commit, or a time about when it was made: commits of one millisecond are common where clocks go wrong. */
function aboutThen({ random }: Client, commit: string): string {
  const time = present(decodeUlid(commit), "a commit id").subarray(0, 6);
  const ms = time.reduce((sum, byte) => sum * 256 + byte, 0);
  return random.chance(0.5)
    ? commit
    : formatInstant(ms * 1000 + random.pick([-1, 0, 999, random.integer(1000)]));
}
