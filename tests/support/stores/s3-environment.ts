import { afterAll, beforeAll, vi } from "vitest";
import { type S3Server, startS3Server } from "./s3-server.ts";

/** Runs an S3 server beside the tests of a file, named to the library by the environment. Answers the name of its bucket, once it runs. */
export function s3Bucket(): () => string {
  let server: S3Server | null = null;
  beforeAll(async () => {
    server = await startS3Server();
    vi.stubEnv("AWS_ENDPOINT_URL", server.endpoint);
    vi.stubEnv("AWS_ACCESS_KEY_ID", server.credentials.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", server.credentials.secretAccessKey);
    vi.stubEnv("AWS_REGION", "us-east-1");
  });
  afterAll(async () => {
    await server?.close();
  });
  return () => server?.bucket ?? "";
}
