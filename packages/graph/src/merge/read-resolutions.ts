import { parseJson } from "@omnigraph/base";
import { checkArgument } from "../calls/check.ts";
import { TEXT } from "../calls/kinds.ts";
import type { MergeResolutions } from "../api/merge.ts";

/** Reads the JSON form of resolutions. Errors: `json_invalid`, `resolutions_invalid`, `usage` for what is no text. */
export async function readResolutions(text: string): Promise<MergeResolutions> {
  checkArgument("readResolutions", "text", text, TEXT);
  const { parseResolutions } = await import("./resolutions.ts");
  return parseResolutions(parseJson(text));
}
