import { englishStem } from "./english-stem.ts";

/**
 * The usual list of English words that say nothing about a text, with what is left of contractions that are cut at their apostrophe (`didn`, `ll`). `won` and `haven` are words of
 * their own too, and are not in it.
 */
const LISTED: ReadonlySet<string> = new Set(
  `i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
  it its itself they them their theirs themselves what which who whom this that these those
  am is are was were be been being have has had having do does did doing
  a an the and but if or because as until while of at by for with about against between into through during before after
  above below to from up down in out on off over under again further then once here there when where why how
  all any both each few more most other some such no nor not only own same so than too very
  can will just should now
  d ll m o re s t ve y ain aren couldn didn doesn don hadn hasn isn ma mightn mustn needn shan shouldn wasn weren wouldn`.split(
    /\s+/,
  ),
);

/** Words that are in the list, and whose stems are: `because` stems to `becaus`, and can be searched for. */
const STOP_WORDS: ReadonlySet<string> = new Set([...LISTED].filter((word) => LISTED.has(englishStem(word))));

/** Whether a word, in lower case, is left out of what is searched. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}
