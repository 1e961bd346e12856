import { createHash } from "node:crypto";
import { OmnigraphError } from "@omnigraph/base";

const VERSION = 1;
const CHECK_BYTES = 8;

/** An opaque token for callers: facts and their checksum. */
export function sealToken(facts: Readonly<Record<string, string | number>>): string {
  const text = Buffer.from(JSON.stringify({ v: VERSION, ...facts }));
  return Buffer.concat([checkOf(text), text]).toString("base64url");
}

/** The facts in a token. Throws `cursor_invalid` if it was changed. */
export function openToken(token: string, what: string): TokenFacts {
  const bytes = Buffer.from(token, "base64url");
  const text = bytes.subarray(CHECK_BYTES);
  const isWhole =
    bytes.toString("base64url") === token && checkOf(text).equals(bytes.subarray(0, CHECK_BYTES));
  const facts = isWhole ? factsIn(text) : null;
  if (facts === null) throw refusal(what, "it is damaged; give it back exactly as it was answered");
  if (facts.get("v") !== VERSION) throw refusal(what, "another version of omnigraph made it; start anew");
  return new TokenFacts(facts, what);
}

/** The facts in a token; each is checked when it is read. */
export class TokenFacts {
  readonly #facts: ReadonlyMap<string, unknown>;
  readonly #what: string;

  constructor(facts: ReadonlyMap<string, unknown>, what: string) {
    this.#facts = facts;
    this.#what = what;
  }

  text(name: string): string {
    const value = this.#facts.get(name);
    return typeof value === "string" ? value : this.refuse("it is not of this call");
  }

  count(name: string): number {
    const value = this.#facts.get(name);
    return typeof value === "number" ? value : this.refuse("it is not of this call");
  }

  /** Throws `cursor_invalid` unless a fact has the expected value. */
  expect(name: string, value: string, otherwise: string): void {
    if (this.text(name) !== value) this.refuse(otherwise);
  }

  refuse(why: string): never {
    throw refusal(this.#what, why);
  }
}

function refusal(what: string, why: string): OmnigraphError {
  return new OmnigraphError("cursor_invalid", `the ${what} cannot be used: ${why}`);
}

/** The checksum was right, so this is what `sealToken` wrote. */
function factsIn(text: Buffer): ReadonlyMap<string, unknown> | null {
  const facts: unknown = JSON.parse(text.toString("utf8"));
  return typeof facts === "object" && facts !== null ? new Map(Object.entries(facts)) : null;
}

function checkOf(bytes: Uint8Array): Buffer {
  return createHash("sha256").update("omnigraph token").update(bytes).digest().subarray(0, CHECK_BYTES);
}
