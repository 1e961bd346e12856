import { afterAll, beforeAll, vi } from "vitest";
import { type RealServer, startMinistack } from "./real-servers.ts";
import { startS3Server } from "./s3-server.ts";

/**
 * The server that tests on S3 run on: ours, of npm packages alone, or with OMNIGRAPH_S3=ministack that one. Fails where the named one is not installed, and for
 * other names.
 */
function startTestServer(): Promise<RealServer> {
  const name = process.env["OMNIGRAPH_S3"] ?? "s3rver";
  if (name === "ministack") return startMinistack();
  if (name === "s3rver") return startS3Server();
  return Promise.reject(new Error(`OMNIGRAPH_S3 is s3rver or ministack, not ${name}`));
}

/** Runs an S3 server beside the tests of a file, named to the library by the environment. Answers the name of its bucket, once it runs. */
export function s3Bucket(): () => string {
  let server: RealServer | null = null;
  beforeAll(async () => {
    server = await startTestServer();
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
