import { afterAll, beforeAll, vi } from "vitest";
import { type RealServer, startMinistack } from "./real-servers.ts";
import { startS3Server } from "./s3-server.ts";

/** Ours, of npm packages alone, or one that has to be installed. */
type ServerName = "s3rver" | "ministack";

/** The server that tests on S3 run on: the one that OMNIGRAPH_S3 names, else theirs. Fails where it is not installed, and for other names. */
function startTestServer(theirs: ServerName): Promise<RealServer> {
  const name = process.env["OMNIGRAPH_S3"] ?? theirs;
  if (name === "ministack") return startMinistack();
  if (name === "s3rver") return startS3Server();
  return Promise.reject(new Error(`OMNIGRAPH_S3 is s3rver or ministack, not ${name}`));
}

/** Runs an S3 server beside the tests of a file, named to the library by the environment. Answers the name of its bucket, once it runs. */
export function s3Bucket(theirs: ServerName = "s3rver"): () => string {
  let server: RealServer | null = null;
  beforeAll(async () => {
    server = await startTestServer(theirs);
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
