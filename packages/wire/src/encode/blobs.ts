import type { BlobStat } from "../answers/blobs.ts";
import type { BlobStatJson } from "../shapes.generated.ts";

export function blobStatJson(stat: BlobStat): BlobStatJson {
  const { entity, type, id, property } = stat.selector;
  const looked = {
    target: { branch: stat.snapshot === null ? stat.branch : null, snapshot: stat.snapshot },
    selector: { entity, type, id, property },
  };
  return stat.kind === "managed"
    ? { ...looked, kind: stat.kind, size: stat.size, etag: blobTag(stat.sha256) }
    : { ...looked, kind: stat.kind, uri: stat.uri };
}

/** The entity tag of content, as HTTP has it: equal for equal content. */
export function blobTag(sha256: string): string {
  return `"${sha256}"`;
}
