import type { S3Options } from "../objects/s3/connect.ts";
import type { ObjectStore } from "../objects/store.ts";
import { LanceLayers } from "./lance-layers.ts";
import type { StorageOptions } from "./lance.ts";
import type { LayerStore } from "./layer.ts";
import { ObjectLayers } from "./object-layers.ts";

/** The layers of a graph in a store: Lance tables on a disk and on S3, objects of ours in memory. `s3` as for the store itself. */
export function openLayers(store: ObjectStore, s3: S3Options = {}): LayerStore {
  if (store.uri.startsWith("s3://")) return new LanceLayers(store.uri, store, { storage: s3Storage(s3) });
  return store.uri.startsWith("/") ? new LanceLayers(store.uri, store) : new ObjectLayers(store);
}

/** What Lance must be told to reach what our own client reaches; credentials that are not given it finds as that does. */
function s3Storage(s3: S3Options): StorageOptions {
  const variables = process.env;
  const endpoint = s3.endpoint ?? variables["AWS_ENDPOINT_URL_S3"] ?? variables["AWS_ENDPOINT_URL"];
  const region = s3.region ?? variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"];
  const given: Readonly<Record<string, string | undefined>> = {
    aws_endpoint: endpoint,
    aws_region: region ?? (endpoint === undefined ? undefined : "us-east-1"),
    aws_access_key_id: s3.accessKeyId,
    aws_secret_access_key: s3.secretAccessKey,
    aws_session_token: s3.sessionToken,
    allow_http: endpoint?.startsWith("http:") === true ? "true" : undefined,
  };
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
