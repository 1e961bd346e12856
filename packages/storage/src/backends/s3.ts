import { given } from "@omnigraph/base";
import type { Random } from "@omnigraph/base";
import type { S3Access, S3Options } from "../objects/s3/access.ts";
import { connectS3 } from "../objects/s3/connect.ts";
import { s3Error } from "../objects/s3/errors.ts";
import { S3Objects } from "../objects/s3/s3-objects.ts";
import type { StorageOptions } from "../tables/lance/lance.ts";
import { LanceLayers } from "../tables/lance-layers.ts";
import type { Backend } from "./backend.ts";

/**
 * Objects and Lance tables of a bucket under a prefix. With `proof` (the randomness for its key) the store must first show that it honours conditional
 * puts. Throws `store_uri_invalid`; with `proof` also `store_unsupported`, `store_denied` or `store_transient`.
 */
export async function s3Backend(uri: string, options: S3Options, proof: Random | null): Promise<Backend> {
  const connection = await connectS3(uri, options);
  const objects = new S3Objects(connection);
  if (proof !== null) await objects.proveConditionalPuts(proof);
  const storage = (): Promise<StorageOptions> => tableOptions(objects.uri, connection.access);
  return { objects, tables: new LanceLayers(objects.uri, objects, { storage }), holdsTables: true };
}

/**
 * Storage options with which Lance reaches the same bucket, with the same credentials, as our own client. By its own rules it would not: with
 * `AWS_PROFILE` set it prefers keys of the environment, where the SDK takes those of the profile.
 */
async function tableOptions(uri: string, access: S3Access): Promise<StorageOptions> {
  const { endpoint } = access;
  try {
    const [region, credentials] = await Promise.all([access.region(), access.tableCredentials()]);
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    return {
      aws_region: region,
      aws_access_key_id: accessKeyId,
      aws_secret_access_key: secretAccessKey,
      ...given({ aws_session_token: sessionToken, aws_endpoint: endpoint }),
      ...(endpoint?.startsWith("http:") === true ? { allow_http: "true" } : {}),
    };
  } catch (cause) {
    throw s3Error(cause, "reach the tables of", uri);
  }
}
