import { expect, test } from "vitest";
import { checkOrigins } from "./cors.ts";

test.each(["https://app.example.org", "http://localhost:3000", "https://[::1]:8443", "*"])(
  "%s is an origin",
  (origin) => {
    expect(() => checkOrigins([origin])).not.toThrow();
  },
);

test.each([
  "app.example.org",
  "https://app.example.org/",
  "https://app.example.org/app",
  "https://app.example.org:443",
  "https://*.example.org",
  "https://APP.example.org",
  "file:///app",
  "null",
  "",
])("%j is none", (origin) => {
  expect(() => checkOrigins(["*", origin])).toThrow("an origin is a scheme, a host and a port");
});
