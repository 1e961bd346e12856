import type { Action, Answer, Call } from "../calls.ts";
import type { Client, Drawn, WriteOptions } from "./actor.ts";
import { creator, deleter, forker } from "./brancher.ts";
import { cleaner, hastyCleaner } from "./cleaner.ts";
import { comparer } from "./comparer.ts";
import { follower } from "./follower.ts";
import { checker, copier, repairer } from "./keeper.ts";
import { merger } from "./merger.ts";
import { migrator } from "./migrator.ts";
import { optimizer } from "./optimizer.ts";
import { previewer } from "./previewer.ts";
import { reader } from "./reader.ts";
import { reverter } from "./reverter.ts";
import { editor } from "./editor.ts";

/** One of the kinds of things that clients do. */
export interface AnyActor {
  readonly weight: number;
  draw(client: Client): Drawn | null;
}

/**
 * How clients look after the graph: not at all, by giving up the past now and then, by copies, checks and repairs, by these beside cleanups, or by giving up the past all the
 * time while others begin branches in it.
 */
export type Upkeep = "none" | "cleaned" | "kept" | "tended" | "hasty";

const USERS: readonly AnyActor[] = [
  editor,
  creator,
  deleter,
  merger,
  reverter,
  optimizer,
  reader,
  previewer,
  comparer,
  follower,
];

const KEEPERS: readonly AnyActor[] = [copier, checker, repairer];

/** Schemas change, and branches are folded all the time. */
const MIGRATORS: readonly AnyActor[] = [migrator, { ...optimizer, weight: 30 }];

/** The model of the histories does not join schemas, and takes none back. */
const JOINERS: readonly AnyActor[] = [merger, reverter, previewer];

/** What clients do, those included who give branches other schemas if there are any. */
export function actorsOf(upkeep: Upkeep, migrates: boolean): readonly AnyActor[] {
  if (!migrates) return ACTORS[upkeep];
  return [...ACTORS[upkeep].filter((actor) => !JOINERS.includes(actor)), ...MIGRATORS];
}

const ACTORS: Readonly<Record<Upkeep, readonly AnyActor[]>> = {
  none: USERS,
  cleaned: [...USERS, cleaner, forker],
  kept: [...USERS, ...KEEPERS, forker],
  tended: [
    ...USERS,
    ...often(KEEPERS, 4),
    { ...hastyCleaner, weight: 25 },
    { ...cleaner, weight: 15 },
    forker,
  ],
  hasty: [...USERS, { ...hastyCleaner, weight: 50 }, { ...forker, weight: 60 }],
};

function often(actors: readonly AnyActor[], times: number): readonly AnyActor[] {
  return actors.map((actor) => ({ ...actor, weight: actor.weight * times }));
}

/** Makes the call that an action is. Throws what it is refused with. */
export function perform(client: Client, action: Action, options: WriteOptions, call: Call): Promise<Answer> {
  switch (action.kind) {
    case "edit":
      return editor.perform(client, action, options, call);
    case "create":
      return creator.perform(client, action, options, call);
    case "delete":
      return deleter.perform(client, action, options, call);
    case "merge":
      return merger.perform(client, action, options, call);
    case "revert":
      return reverter.perform(client, action, options, call);
    case "optimize":
      return optimizer.perform(client, action, options, call);
    case "migrate":
      return migrator.perform(client, action, options, call);
    case "cleanup":
      return cleaner.perform(client, action, options, call);
    case "backup":
      return copier.perform(client, action, options, call);
    case "fsck":
      return checker.perform(client, action, options, call);
    case "repair":
      return repairer.perform(client, action, options, call);
    case "read":
      return reader.perform(client, action, options, call);
    case "preview":
      return previewer.perform(client, action, options, call);
    case "diff":
      return comparer.perform(client, action, options, call);
    case "follow":
      return follower.perform(client, action, options, call);
  }
}
