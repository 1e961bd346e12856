import type { CompletedPart } from "@aws-sdk/client-s3";
import type { S3Connection } from "./connect.ts";

const PART_BYTES = 16 << 20;
/** Parts under way at one time. */
const CONCURRENCY = 4;

/** Puts a large object by a multipart upload: it appears whole when the upload is completed. The parts of a failed upload are removed. */
export async function putParts(
  connection: S3Connection,
  object: { readonly Bucket: string; readonly Key: string },
  bytes: Uint8Array,
): Promise<void> {
  const { sdk, retrying } = connection;
  const { UploadId } = await retrying.send(new sdk.CreateMultipartUploadCommand(object));
  const upload = { ...object, UploadId };
  try {
    const Parts: CompletedPart[] = [];
    const count = Math.ceil(bytes.length / PART_BYTES);
    for (let first = 0; first < count; first += CONCURRENCY) {
      const numbers = Array.from({ length: Math.min(CONCURRENCY, count - first) }, (_, i) => first + i + 1);
      const sent = numbers.map(async (PartNumber) => {
        const Body = bytes.subarray((PartNumber - 1) * PART_BYTES, PartNumber * PART_BYTES);
        const { ETag } = await retrying.send(new sdk.UploadPartCommand({ ...upload, PartNumber, Body }));
        return { PartNumber, ETag };
      });
      Parts.push(...(await Promise.all(sent)));
    }
    await retrying.send(new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  } catch (cause) {
    await abandon(connection, upload);
    throw cause;
  }
}

/** Removes the parts. If that fails too, they are left to the bucket's lifecycle rules: the caller must hear the first failure. */
async function abandon(
  { sdk, retrying }: S3Connection,
  upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
): Promise<void> {
  await retrying.send(new sdk.AbortMultipartUploadCommand(upload)).catch(() => undefined);
}
