const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a text has no half of a surrogate pair alone: only such texts have a UTF-8 form. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}
