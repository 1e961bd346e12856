import type { CommitId } from "../address.ts";
import { Frontier } from "./frontier.ts";
import type { LinkSource } from "./link.ts";

const OURS = 1;
const THEIRS = 2;
const BOTH = OURS | THEIRS;
/** Mark: reached from a common ancestor, so older than it. */
const OLDER = 4;

/**
 * The merge bases of two commits, sorted by id: the common ancestors from which no other common ancestor descends. Either commit may be one itself.
 * Reads the commits that are newer than all bases, and few others.
 */
export async function mergeBases(
  ours: CommitId,
  theirs: CommitId,
  source: LinkSource,
  signal?: AbortSignal,
): Promise<readonly CommitId[]> {
  const frontier = new Frontier(source, signal);
  await frontier.reach(ours, OURS);
  await frontier.reach(theirs, THEIRS);
  const bases: CommitId[] = [];
  while (some(frontier, (marks) => (marks & OLDER) === 0)) {
    const taken = frontier.take();
    if (taken === null) break;
    let { marks } = taken;
    if (marks === BOTH) {
      bases.push(taken.link.id);
      marks |= OLDER;
    }
    for (const parent of taken.link.parents) await frontier.reach(parent, marks);
  }
  return bases.toSorted();
}

/** The commits between an ancestor and a commit: those that `commit` has in its ancestry, itself included, and `ancestor` has not. Newest generation first. */
export async function commitsSince(
  ancestor: CommitId,
  commit: CommitId,
  source: LinkSource,
  signal?: AbortSignal,
): Promise<readonly CommitId[]> {
  const frontier = new Frontier(source, signal);
  await frontier.reach(commit, THEIRS);
  await frontier.reach(ancestor, OURS);
  const found: CommitId[] = [];
  while (some(frontier, (marks) => marks === THEIRS)) {
    const taken = frontier.take();
    if (taken === null) break;
    if (taken.marks === THEIRS) found.push(taken.link.id);
    for (const parent of taken.link.parents) await frontier.reach(parent, taken.marks);
  }
  return found;
}

function some(frontier: Frontier, test: (marks: number) => boolean): boolean {
  for (const { marks } of frontier.waiting) if (test(marks)) return true;
  return false;
}
