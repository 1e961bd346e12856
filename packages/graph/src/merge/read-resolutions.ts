import { parseJson } from "@omnigraph/base";
import { checkArgument } from "../calls/check.ts";
import { TEXT } from "../calls/kinds.ts";
import type { MergeResolutions } from "../api/merge.ts";

/**
 * Reads the JSON form of resolutions.
 *
 * @throws `json_invalid`
 * @throws `resolutions_invalid` if they do not match docs/merge/resolutions.schema.json
 * @throws `usage` if it is no text
 * @example
 * ```ts
 * import { readResolutions } from "omnigraph";
 *
 * const resolutions = await readResolutions('{"strategy":"theirs"}');
 * console.log(resolutions); // { strategy: 'theirs' }
 * ```
 */
export async function readResolutions(text: string): Promise<MergeResolutions> {
  checkArgument("readResolutions", "text", text, TEXT);
  const { parseResolutions } = await import("./resolutions.ts");
  return parseResolutions(parseJson(text));
}
