import { type Environment, given } from "@omnigraph/base";
import type { S3Access, S3Options } from "../objects/s3/access.ts";
import { connectS3 } from "../objects/s3/connect.ts";
import { s3Error } from "../objects/s3/errors.ts";
import { proveStore } from "../objects/s3/proof.ts";
import { S3Objects } from "../objects/s3/s3-objects.ts";
import type { StorageOptions } from "../tables/lance/lance.ts";
import { LanceFolder } from "../outside/lance-folder.ts";
import { S3Outside } from "../outside/s3-outside.ts";
import { LanceLayers, lanceRoot, lanceTables } from "../tables/lance-layers.ts";
import type { BegunBackend } from "./backend.ts";

/**
 * Objects and Lance tables of a bucket under a prefix. With `writing` (the environment of who will write) the store must first show that it honours
 * conditional puts. Throws `store_uri_invalid`.
 */
export async function s3Backend(
  uri: string,
  options: S3Options,
  writing: Environment | null,
): Promise<BegunBackend> {
  const connection = await connectS3(uri, options);
  const objects = new S3Objects(connection);
  const proof = writing === null ? Promise.resolve(null) : proveStore(connection, writing);
  const storage = (): Promise<StorageOptions> => tableOptions(objects.uri, connection.access);
  const backend = {
    objects,
    tables: new LanceLayers(objects.uri, objects, { storage }),
    holdsTables: true,
    outside: new S3Outside(objects, new LanceFolder(lanceRoot(objects.uri), () => lanceTables(storage))),
    noteStore: async () => (await proof)?.keep(),
    removeAll: () => objects.deletePrefix(""),
  };
  return { backend, proved: proof.then(() => undefined) };
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
