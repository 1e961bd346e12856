import { present } from "@omnigraph/base";

/** Commits by their ids, in the order in which they were made. */
type Commits = ReadonlyMap<string, { readonly parents: readonly string[] }>;

/** A commit and all that it descends from, in the order in which they were made. */
export function ancestorsOf(commits: Commits, id: string): readonly string[] {
  const found = new Set<string>();
  const visit = (commit: string): void => {
    if (found.has(commit)) return;
    found.add(commit);
    for (const parent of present(commits.get(commit), commit).parents) visit(parent);
  };
  visit(id);
  return [...commits.keys()].filter((commit) => found.has(commit));
}

/** The common ancestors of two commits that are no ancestors of other ones, in the order of their ids. */
export function mergeBasesOf(commits: Commits, a: string, b: string): readonly string[] {
  const others = new Set(ancestorsOf(commits, b));
  const common = ancestorsOf(commits, a).filter((id) => others.has(id));
  return common
    .filter((id) => !common.some((other) => other !== id && ancestorsOf(commits, other).includes(id)))
    .toSorted();
}
