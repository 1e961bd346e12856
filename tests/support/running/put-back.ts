import { afterAll, vi } from "vitest";

// Runs around every test file. The files of a worker share its modules and its environment: what one sets must not be what the next one meets.
const environment = process.env;
const before = { ...process.env };

afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  process.env = environment;
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});
