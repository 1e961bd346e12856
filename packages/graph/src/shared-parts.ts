import { Branches } from "./branches/branches.ts";
import { BackgroundFolds } from "./maintenance/background-folds.ts";
import { CompiledQueries } from "./open/compiled-queries.ts";
import type { GraphContext } from "./open/context.ts";
import { stagedTest } from "./recovery/staged-test.ts";

/** What the handles of all actors on one open graph share. */
export interface SharedParts {
  readonly queries: CompiledQueries;
  readonly folds: BackgroundFolds;
  readonly branches: Branches;
}

/** Makes them for a graph that has just been opened, and lets what was staged be settled. */
export function sharedParts(context: GraphContext): SharedParts {
  const folds = new BackgroundFolds(context);
  const branches = new Branches(context, (branch, commit) => folds.wrote(branch, commit));
  context.log.intents.start(stagedTest(context));
  return { queries: new CompiledQueries(), folds, branches };
}
