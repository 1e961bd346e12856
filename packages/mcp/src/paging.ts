import { OmnigraphError, parseJson } from "@omnigraph/base";
import { createHash } from "node:crypto";

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Null on the last page. */
  readonly next: string | null;
}

/** Which page is asked for: most items, and the token that an earlier page ended with. */
export interface PageAsked {
  readonly limit: number;
  readonly token: string | undefined;
}

/**
 * A page of a list that comes in one order whenever it is asked for. `identity` tells what the list is of: a token of another list, or of one that has changed
 * since, is refused, so that nobody misses or sees twice what moved. Errors: `cursor_invalid`.
 */
export async function pageOf<T>(
  list: AsyncIterable<T> | Iterable<T>,
  identity: unknown,
  { limit, token }: PageAsked,
): Promise<Page<T>> {
  const of = createHash("sha256").update(JSON.stringify(identity)).digest("base64url").slice(0, 22);
  const skip = token === undefined ? 0 : skipOf(token, of);
  const items: T[] = [];
  let seen = 0;
  for await (const item of list) {
    if (seen === skip + limit) return { items, next: tokenOf(skip + limit, of) };
    if (seen++ >= skip) items.push(item);
  }
  return { items, next: null };
}

function tokenOf(skip: number, of: string): string {
  return Buffer.from(JSON.stringify([skip, of])).toString("base64url");
}

function skipOf(token: string, of: string): number {
  let read: unknown;
  try {
    read = parseJson(Buffer.from(token, "base64url").toString("utf8"));
  } catch {
    read = null;
  }
  const [skip, given]: unknown[] = Array.isArray(read) ? read : [];
  if (typeof skip !== "number" || !Number.isSafeInteger(skip) || skip < 0)
    throw new OmnigraphError("cursor_invalid", "page_token is not one that this tool has answered");
  if (given === of) return skip;
  throw new OmnigraphError(
    "cursor_invalid",
    "page_token belongs to another call, or what it goes on in has changed since: begin anew without it",
  );
}
