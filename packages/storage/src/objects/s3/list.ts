import { given } from "@omnigraph/base";
import type { _Object as Listed } from "@aws-sdk/client-s3";
import { compareKeys } from "../keys.ts";
import type { S3Connection } from "./connect.ts";
import { OWN } from "./own-keys.ts";
import type { ObjectInfo } from "../store.ts";

export interface BucketListRequest {
  readonly prefix: string;
  readonly after: string | null;
  readonly limit: number;
  /** Whether the store lists in order; otherwise all of it is read and sorted here. */
  readonly ordered: boolean;
}

/** Most names that S3 gives at one time. */
const PAGE = 1000;

export async function listBucket(
  connection: S3Connection,
  request: BucketListRequest,
): Promise<readonly ObjectInfo[]> {
  const { sdk, retrying, bucket, prefix } = connection;
  const { after, limit, ordered } = request;
  const found: ObjectInfo[] = [];
  let token: string | undefined;
  do {
    const page = await retrying.send(
      new sdk.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix + request.prefix,
        MaxKeys: ordered ? Math.min(PAGE, limit - found.length) : PAGE,
        ...(ordered && after !== null && token === undefined ? { StartAfter: prefix + after } : {}),
        ...given({ ContinuationToken: token }),
      }),
    );
    for (const object of page.Contents ?? []) {
      const info = infoOf(object, prefix.length);
      if (info.key === "" || info.key.startsWith(OWN)) continue;
      if (after === null || compareKeys(info.key, after) > 0) found.push(info);
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined && (!ordered || found.length < limit));
  if (!ordered) found.sort((left, right) => compareKeys(left.key, right.key));
  return found.slice(0, limit);
}

function infoOf(object: Listed, prefixLength: number): ObjectInfo {
  const key = (object.Key ?? "").slice(prefixLength);
  return { key, size: object.Size ?? 0, modifiedMs: object.LastModified?.getTime() ?? 0 };
}
