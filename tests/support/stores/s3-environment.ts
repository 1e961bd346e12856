import { afterAll, beforeAll } from "vitest";
import { type S3Server, startS3Server } from "./s3-server.ts";

/** Runs an S3 server beside the tests of a file, named to the library by the environment. Answers the name of its bucket, once it runs. */
export function s3Bucket(): () => string {
  const before = { ...process.env };
  let server: S3Server | null = null;
  beforeAll(async () => {
    server = await startS3Server();
    process.env["AWS_ENDPOINT_URL"] = server.endpoint;
    process.env["AWS_ACCESS_KEY_ID"] = server.credentials.accessKeyId;
    process.env["AWS_SECRET_ACCESS_KEY"] = server.credentials.secretAccessKey;
    process.env["AWS_REGION"] = "us-east-1";
  });
  afterAll(async () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    await server?.close();
  });
  return () => server?.bucket ?? "";
}
