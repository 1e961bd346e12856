import { RE2JS } from "re2js";

/** A test of a `@check` pattern: RE2 syntax, found anywhere unless anchored, in time linear in the text. Throws re2js's own error for a bad pattern. */
export function compilePattern(pattern: string): (text: string) => boolean {
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.matcher(text).find();
}
