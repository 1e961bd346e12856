import { LIMITS, OmnigraphError } from "@omnigraph/base";

/** What pages hold, with how much of it by default and at most. */
const PAGES = {
  changes: { usual: LIMITS.changesPage.value, most: LIMITS.changesPageMost.value },
  commits: { usual: LIMITS.commitsPage.value, most: LIMITS.commitsPageMost.value },
} as const;

/** How much a page may hold, as the caller asks. Throws `page_too_large`. */
export function pageLimit(what: keyof typeof PAGES, asked: number | undefined): number {
  const { usual, most } = PAGES[what];
  const limit = asked ?? usual;
  if (limit <= most) return limit;
  throw new OmnigraphError(
    "page_too_large",
    `a page holds at most ${most} ${what}, not ${limit}; ask for fewer`,
    {
      details: { resource_limit: { resource: `${what} of a page`, limit: most, actual: limit } },
    },
  );
}
