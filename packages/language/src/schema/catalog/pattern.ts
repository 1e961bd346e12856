import { RE2JS } from "re2js";

/**
 * A test for a `@check` pattern in RE2 syntax, which matches anywhere unless anchored. It takes time linear in the text. Throws re2js's own error for a bad
 * pattern.
 */
export function compilePattern(pattern: string): (text: string) => boolean {
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.matcher(text).find();
}
