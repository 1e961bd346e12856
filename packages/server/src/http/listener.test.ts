import { expect, test } from "vitest";
import { listenerOf } from "./listener.ts";

test("headers that do not come are given up, and bodies are left to the limits of their calls", () => {
  const server = listenerOf(null).make(() => undefined);
  expect(server.headersTimeout).toBeGreaterThan(0);
  expect(server.headersTimeout).toBeLessThanOrEqual(60_000);
  expect(server.requestTimeout).toBe(0);
});

test("a certificate and a key that are none are refused, and not told", () => {
  expect(() => listenerOf({ cert: "secret", key: "secret" })).toThrow(
    "the certificate and the key of the server are no PEM",
  );
});
