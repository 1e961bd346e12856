const AFTER = "after:";

/** Where a feed begins, as the command and HTTP write it: `now`, `beginning`, or `after:` and a commit. Null for anything else. */
export function feedStartOf(text: string): "now" | "beginning" | { readonly after: string } | null {
  if (text === "now" || text === "beginning") return text;
  return text.startsWith(AFTER) ? { after: text.slice(AFTER.length) } : null;
}
