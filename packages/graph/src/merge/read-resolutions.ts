import { parseJson } from "@omnigraph/base";
import type { MergeResolutions } from "./api.ts";

/** Reads the JSON form of resolutions. Errors: `json_invalid`, `resolutions_invalid`. */
export async function readResolutions(text: string): Promise<MergeResolutions> {
  const { parseResolutions } = await import("./resolutions.ts");
  return parseResolutions(parseJson(text));
}
