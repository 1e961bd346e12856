import { connectS3, S3Objects } from "@omnigraph/storage";
import { afterAll, beforeAll, describe } from "vitest";
import { type RealServer, startMinistack } from "../support/stores/real-servers.ts";
import { describeObjectStore } from "./objects.contract.ts";

describe("ministack", () => {
  let server: RealServer;
  let spaces = 0;
  beforeAll(async () => {
    server = await startMinistack();
  });
  afterAll(() => server.close());
  describeObjectStore(
    "contract",
    async () => {
      const { endpoint, bucket, credentials } = server;
      const uri = `s3://${bucket}/space ${spaces++}/&`;
      return {
        open: async () => new S3Objects(await connectS3(uri, { endpoint, ...credentials })),
        close: async () => undefined,
      };
    },
    (name) => /^[ -~]*$/.test(name),
  );
});
