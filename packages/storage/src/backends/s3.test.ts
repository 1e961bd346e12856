import { systemEnvironment } from "@omnigraph/base";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openBackend } from "./open.ts";
import { missingCredentials } from "../objects/s3/settings.ts";

const QUICK_MS = 5000;

describe("an S3 store for which nobody set anything", () => {
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials");
    vi.stubEnv("AWS_CONFIG_FILE", "/nowhere/config");
    vi.stubEnv("AWS_PROFILE", "work");
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  });
  afterEach(() => vi.unstubAllEnvs());

  it.each([true, false])(
    "the error for missing credentials says at once where they were looked for (to be written: %s)",
    async (writable) => {
      vi.stubEnv("AWS_REGION", "eu-central-1");
      const ask = (): Promise<unknown> =>
        openBackend("s3://bucket/graph", systemEnvironment, {
          writable,
          s3: { variables: process.env },
        }).then(({ objects }) => objects.get("a"));
      await ask().catch(() => undefined); // loads the SDK
      const began = performance.now();
      await expect(ask()).rejects.toMatchObject({
        reason: "store_denied",
        message: expect.stringMatching(
          /no credentials were found: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, profile work of \/nowhere\/credentials and \/nowhere\/config has none.*set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE/,
        ),
      });
      expect(performance.now() - began).toBeLessThan(QUICK_MS);
    },
  );

  it("the error for a missing region says so", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "key");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    const { objects: store } = await openBackend("s3://bucket/graph", systemEnvironment, {
      s3: { variables: process.env },
    });
    await expect(store.get("a")).rejects.toMatchObject({
      reason: "store_denied",
      message: expect.stringContaining("no region is named: AWS_REGION is not set"),
    });
  });

  it("the error for half of the credentials says which half is set", () => {
    expect(missingCredentials({ AWS_ACCESS_KEY_ID: "k" })).toContain("only the first is set");
    expect(missingCredentials({ AWS_SECRET_ACCESS_KEY: "s", AWS_ACCESS_KEY_ID: "" })).toContain(
      "only the second is set",
    );
  });
});
