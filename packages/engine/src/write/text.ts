const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a text has no lone surrogate: only such texts can be encoded as UTF-8. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}
