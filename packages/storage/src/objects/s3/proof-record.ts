import { type Clock, stampOf } from "@omnigraph/base";
import type { S3Connection } from "./connect.ts";
import { classify, s3Error } from "./errors.ts";
import { PROVED } from "./own-keys.ts";

/** Goes up when a proof shows more than it did. */
const VERSION = 1;

/** What must be as it was when the store was proved. A copy of the objects in another bucket, or behind another server, says nothing. */
function circumstances({ access, bucket, heard }: S3Connection): Readonly<Record<string, unknown>> {
  const endpoint = access.endpoint === undefined ? null : new URL(access.endpoint).origin;
  return { version: VERSION, endpoint, bucket, server: heard.server };
}

/** Whether the root says that this very store was proved. One call. Errors: failures of the store but for absence. */
export async function isProved(connection: S3Connection): Promise<boolean> {
  const { sdk, retrying } = connection;
  try {
    const answer = await retrying.send(new sdk.GetObjectCommand(objectOf(connection)));
    return isOf(connection, (await answer.Body?.transformToString()) ?? "");
  } catch (cause) {
    const failure = classify(cause);
    if (failure === "absent") return false;
    throw s3Error(cause, "read", `s3://${connection.bucket}/${connection.prefix}${PROVED}`, failure);
  }
}

function isOf(connection: S3Connection, text: string): boolean {
  try {
    const found: unknown = JSON.parse(text);
    const members = new Map(Object.entries(Object(found)));
    return Object.entries(circumstances(connection)).every(([name, value]) => members.get(name) === value);
  } catch {
    return false;
  }
}

/** Notes in the root that the store was proved. A failure is no harm: the next process proves it again. */
export async function keepProof(connection: S3Connection, clock: Clock): Promise<void> {
  const { sdk, retrying } = connection;
  const Body = JSON.stringify({ ...circumstances(connection), at: stampOf(clock) });
  const put = new sdk.PutObjectCommand({ ...objectOf(connection), Body });
  await retrying.send(put).catch(() => undefined);
}

function objectOf({ bucket, prefix }: S3Connection): { Bucket: string; Key: string } {
  return { Bucket: bucket, Key: prefix + PROVED };
}
