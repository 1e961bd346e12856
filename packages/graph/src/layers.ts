import {
  LanceLayers,
  type LayerStore,
  MemoryObjects,
  type ObjectStore,
  S3Objects,
  ObjectLayers,
} from "@omnigraph/storage";

const DEFAULT_REGION = "us-east-1";

/** The tables of a graph, beside its objects: Lance on local disk and S3, objects of ours in memory. */
export function layersBeside(store: ObjectStore): LayerStore {
  if (store instanceof MemoryObjects) return new ObjectLayers(store);
  return new LanceLayers(
    store.uri,
    store,
    store instanceof S3Objects ? { storage: s3Options(process.env) } : {},
  );
}

/** What Lance must be told of S3; it reads neither the endpoint nor the region from where the AWS SDK does. */
function s3Options(env: NodeJS.ProcessEnv): Record<string, string> {
  const endpoint = env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"];
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ["aws_access_key_id", env["AWS_ACCESS_KEY_ID"]],
    ["aws_secret_access_key", env["AWS_SECRET_ACCESS_KEY"]],
    ["aws_session_token", env["AWS_SESSION_TOKEN"]],
    ["aws_region", env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? DEFAULT_REGION],
    ["aws_endpoint", endpoint],
    ["allow_http", endpoint?.startsWith("http://") === true ? "true" : undefined],
  ];
  return Object.fromEntries(pairs.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}
