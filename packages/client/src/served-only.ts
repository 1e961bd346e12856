import { OmnigraphError } from "@omnigraph/base";

/** What a server does not take, by the option's name: why not, or what to do instead. */
const REASONS = {
  actor: "the author is that of the token",
  message: "the contract has none for it",
  ifCommit: "only mutations are conditional there",
  branch: "there it is always main",
  at: "there it is always the head of the branch",
  tables: "the tables are the server's",
} as const;

/** Options that a call over HTTP cannot keep: refused before anything is sent. Errors: `not_on_server`. */
export function refuseOptions(
  call: string,
  options: Readonly<Partial<Record<keyof typeof REASONS, unknown>>>,
): void {
  for (const [name, why] of Object.entries(REASONS))
    if (Object.hasOwn(options, name) && Reflect.get(options, name) !== undefined)
      throw new OmnigraphError(
        "not_on_server",
        `${call}: a server takes no ${name}: ${why}; nothing was sent`,
      );
}

/** Texts that a header can hold. */
const IN_HEADER = /^[\u0021-\u007e](?:[\u0020-\u007e]*[\u0021-\u007e])?$/;

/** The header that names a write. Errors: `usage`. */
export function opHeader(call: string, op: string | undefined): Readonly<Record<string, string>> {
  if (op === undefined) return {};
  if (IN_HEADER.test(op)) return { "idempotency-key": op };
  throw new OmnigraphError(
    "usage",
    `${call}: over HTTP an op is of letters, digits and signs of ASCII, without space at its ends`,
  );
}
