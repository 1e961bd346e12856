import type { CompletedPart } from "@aws-sdk/client-s3";
import type { S3Connection } from "./connect.ts";

const PART_BYTES = 16 << 20;
/** Parts under way at one time. */
const TOGETHER = 4;

/** Puts a large object in parts; it appears whole, when the last step is done. Parts of an upload that failed are removed. */
export async function putParts(
  connection: S3Connection,
  object: { readonly Bucket: string; readonly Key: string },
  bytes: Uint8Array,
): Promise<void> {
  const { sdk, patient } = connection;
  const { UploadId } = await patient.send(new sdk.CreateMultipartUploadCommand(object));
  const upload = { ...object, UploadId };
  try {
    const Parts: CompletedPart[] = [];
    const count = Math.ceil(bytes.length / PART_BYTES);
    for (let first = 0; first < count; first += TOGETHER) {
      const numbers = Array.from({ length: Math.min(TOGETHER, count - first) }, (_, i) => first + i + 1);
      const sent = numbers.map(async (PartNumber) => {
        const Body = bytes.subarray((PartNumber - 1) * PART_BYTES, PartNumber * PART_BYTES);
        const { ETag } = await patient.send(new sdk.UploadPartCommand({ ...upload, PartNumber, Body }));
        return { PartNumber, ETag };
      });
      Parts.push(...(await Promise.all(sent)));
    }
    await patient.send(new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  } catch (cause) {
    await abandon(connection, upload);
    throw cause;
  }
}

/** Parts that stay are the bucket's own rules' to remove: the failure that led here is what the caller must hear. */
async function abandon(
  { sdk, patient }: S3Connection,
  upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
): Promise<void> {
  await patient.send(new sdk.AbortMultipartUploadCommand(upload)).catch(() => undefined);
}
