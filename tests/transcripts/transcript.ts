/** A command of a case, with what it must answer; null where any answer will do, as long as the command succeeds. */
export interface Step {
  readonly line: number;
  readonly args: readonly string[];
  /** The order of rows is free. */
  readonly sorted: boolean;
  answer: unknown;
}

/** A case: the fixture that it begins with, and its commands. */
export interface Transcript {
  readonly fixture: string;
  readonly steps: readonly Step[];
}

/** The parts of a command line; `'…'` quotes. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'(?<quoted>[^']*)'|(?<plain>\S+)/gu)].map(
    ({ groups }) => groups?.["quoted"] ?? groups?.["plain"] ?? "",
  );
}

/**
 * Reads a case: `# …` is a comment, `@use name` names a fixture, `$ …` is a command (`~ …` where the order of its rows is free; `$G` is the graph), and `= …` below it its answer in JSON.
 */
export function parseTranscript(text: string): Transcript {
  let fixture: string | null = null;
  const steps: Step[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const rest = line.slice(2);
    const last = steps.at(-1);
    if (line.startsWith("@use ")) fixture = line.slice("@use ".length);
    else if (/^[$~] /u.test(line))
      steps.push({ line: at + 1, args: wordsOf(rest), sorted: line.startsWith("~"), answer: null });
    else if (line.startsWith("= ") && last !== undefined) last.answer = JSON.parse(rest);
    else throw new Error(`line ${at + 1} is no part of a case: ${line}`);
  }
  if (fixture === null) throw new Error("a case begins with a fixture: @use name");
  return { fixture, steps };
}
