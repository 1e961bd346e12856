import { type Actor, limitsOf } from "./actor.ts";

/** Makes branches, of main and of each other. */
export const creator: Actor<"create"> = {
  kind: "create",
  weight: 8,
  draw: (client) => {
    const from = client.random.chance(0.6) ? "main" : client.name();
    return { action: { kind: "create", name: client.name(), from }, isNamed: false };
  },
  perform: async ({ graph }, { name, from }, limits) => {
    const { head } = await graph.branches.create(name, { ...limitsOf(limits), from });
    return { kind: "done", commit: head };
  },
};

/** Makes branches of commits of the past. */
export const forker: Actor<"create"> = {
  ...creator,
  draw: (client) => {
    const known = client.remembered();
    if (known === null) return null;
    return { action: { kind: "create", name: client.name(), from: known.commit }, isNamed: false };
  },
};

/** Deletes branches, whatever is on them. */
export const deleter: Actor<"delete"> = {
  kind: "delete",
  weight: 5,
  draw: (client) => ({ action: { kind: "delete", name: client.name() }, isNamed: false }),
  perform: async ({ graph }, { name }, options) => {
    await graph.branches.delete(name, { ...limitsOf(options), message: options.message });
    return { kind: "done", commit: null };
  },
};
