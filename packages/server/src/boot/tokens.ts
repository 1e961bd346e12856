import { OmnigraphError, parseJson } from "@omnigraph/base";
import { createHash, timingSafeEqual } from "node:crypto";

/** The actor of a token that names none. */
const DEFAULT_ACTOR = "default";

interface Known {
  readonly actor: string;
  readonly digest: Buffer;
}

/** The tokens of a server. Only their digests are kept. */
export class Tokens {
  readonly #known: readonly Known[];
  readonly #isEqual: (a: Buffer, b: Buffer) => boolean;

  /** Pairs of actor and token; an actor may have several. `isEqual` compares digests in constant time. Errors: `config_invalid` for one that is empty or of two actors. */
  constructor(
    tokens: readonly (readonly [actor: string, token: string])[],
    isEqual: (a: Buffer, b: Buffer) => boolean = timingSafeEqual,
  ) {
    this.#isEqual = isEqual;
    const actors = new Map<string, string>();
    for (const [actor, token] of tokens) {
      if (actor === "" || token === "")
        throw invalid(`an actor and its token cannot be empty: ${actor === "" ? "no actor" : actor}`);
      const other = actors.get(token) ?? actor;
      if (other !== actor) throw invalid(`${other} and ${actor} have the same token; give each its own`);
      actors.set(token, actor);
    }
    this.#known = [...actors].map(([token, actor]) => ({ actor, digest: digestOf(token) }));
  }

  /** Equal for the same actors with the same tokens, and tells neither. */
  get fingerprint(): string {
    const hash = createHash("sha256");
    for (const { actor, digest } of this.#known) hash.update(digest).update(`${actor}\0`);
    return hash.digest("hex");
  }

  get size(): number {
    return this.#known.length;
  }

  /** The actor of a token; null if it is of nobody. It takes as long whichever token it is, and however much of it is right. */
  actorOf(token: string): string | null {
    const digest = digestOf(token);
    let found: string | null = null;
    for (const known of this.#known) if (this.#isEqual(known.digest, digest)) found = known.actor;
    return found;
  }
}

/** Where tokens are given, by the names of environment variables. */
export interface TokenSettings {
  /** The text of `OMNIGRAPH_SERVER_BEARER_TOKENS_FILE`. */
  readonly file?: string | undefined;
  /** `OMNIGRAPH_SERVER_BEARER_TOKENS_JSON`. */
  readonly json?: string | undefined;
  /** `OMNIGRAPH_SERVER_BEARER_TOKEN`: of the actor `default`. */
  readonly single?: string | undefined;
}

/** The tokens of all settings together. Errors: `config_invalid`. */
export function readTokens({ file, json, single }: TokenSettings): Tokens {
  return new Tokens([
    ...(file === undefined ? [] : pairs(file, "the file of tokens")),
    ...(json === undefined ? [] : pairs(json, "OMNIGRAPH_SERVER_BEARER_TOKENS_JSON")),
    ...(single === undefined ? [] : [[DEFAULT_ACTOR, single] as const]),
  ]);
}

/** What is wrong is told without the text, which holds secrets. */
function pairs(text: string, what: string): readonly (readonly [string, string])[] {
  const shape = `${what} must be a JSON object of tokens by actor: {"ann": "…"}`;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw invalid(shape);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(shape);
  return Object.entries(value).map(([actor, token]: [string, unknown]) => {
    if (typeof token !== "string") throw invalid(shape);
    return [actor, token];
  });
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function invalid(problem: string): OmnigraphError {
  return new OmnigraphError("config_invalid", problem);
}
