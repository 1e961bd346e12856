import { type Actor, limitsOf } from "./actor.ts";

/** Copies the graph while it is written, and carries on what others have begun to copy. */
export const copier: Actor<"backup"> = {
  kind: "backup",
  weight: 5,
  draw: ({ random }) => ({ action: { kind: "backup", verify: random.chance(0.3) }, isNamed: false }),
  perform: async ({ graph, copies }, { verify }, options, { root }) => {
    const { branches } = await graph.maintenance.backup(copies.uriOf(root), { ...limitsOf(options), verify });
    const copied = branches.map(({ name, head }) => ({ name, head: head.id }));
    return { kind: "done", commit: null, copied };
  },
};

/** Checks the graph while it is written. */
export const checker: Actor<"fsck"> = {
  kind: "fsck",
  weight: 4,
  draw: () => ({ action: { kind: "fsck" }, isNamed: false }),
  perform: async ({ graph }, _, options) => {
    const { findings } = await graph.maintenance.fsck(limitsOf(options));
    const problems = findings.filter(({ severity }) => severity !== "note");
    return { kind: "done", commit: null, problems };
  },
};

/** Repairs a graph of which nothing but what is derived is ever lost. */
export const repairer: Actor<"repair"> = {
  kind: "repair",
  weight: 3,
  draw: (client) => {
    const branch = client.random.chance(0.6) ? "main" : client.name();
    return { action: { kind: "repair", branch, confirm: client.random.chance(0.6) }, isNamed: false };
  },
  perform: async ({ graph }, { branch, confirm }, options) => {
    const { message } = options;
    const answer = await graph.maintenance.repair({ ...limitsOf(options), branch, confirm, message });
    // Where the store fails nobody can tell what others did.
    const drifted = answer.tables.filter(
      ({ classification: found }) => found !== "no_drift" && found !== "unknown",
    );
    const problems = [
      // A table that cannot be read is named, as nobody can tell a failing store from damage; it is left alone.
      ...answer.objects
        .filter(({ class: found, isDone }) => isDone || found !== "table_damaged")
        .map(({ place, action }) => ({ place, problem: action })),
      ...drifted.map(({ typeName, classification }) => ({ place: typeName, problem: classification })),
      ...(answer.problem === null ? [] : [{ place: branch, problem: answer.problem }]),
    ];
    return { kind: "done", commit: answer.commit?.id ?? null, problems };
  },
};
