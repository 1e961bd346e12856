import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { validate } from "dockerfile-utils";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ok } from "../support/cli/cli.ts";
import { ROOT } from "../support/running/markdown.ts";
import { testServer } from "../support/server/server.ts";

const folder = mkdtempSync(join(tmpdir(), "omnigraph-deploy-"));
const fileOf = (name: string): string => readFileSync(`${ROOT}deploy/${name}`, "utf8");
const FILES = ["Dockerfile", "compose.yaml", "omnigraph.service", "backup.cron"];
/** A command line as a unit, a table or a list of words in brackets has it. */
const COMMAND_LINE = /(?:omnigraph |\[)"?(?<command>serve|backup)"?,?(?<rest>[ "].*)$/gm;

afterAll(() => rmSync(folder, { recursive: true }));

interface Compose {
  readonly services: Readonly<Record<string, { readonly depends_on?: object }>>;
}

const COMPOSE: Compose = parse(fileOf("compose.yaml"), { merge: true });

describe("the files for deployment", () => {
  it("the container file has no faults, and its image runs without root", () => {
    expect(validate(fileOf("Dockerfile"))).toEqual([]);
    expect(fileOf("Dockerfile")).toMatch(/^USER node$/m);
  });

  it("name commands and flags that there are", async () => {
    const lines = FILES.flatMap((name) => [...fileOf(name).matchAll(COMMAND_LINE)]);
    expect(lines.map(({ groups }) => groups?.["command"])).toEqual([
      "serve",
      "serve",
      "serve",
      "backup",
      "backup",
    ]);
    for (const { groups } of lines) {
      const { command = "", rest = "" } = groups ?? {};
      const help = await ok([command, "--help"]);
      for (const [flag] of rest.matchAll(/--[a-z-]+/g)) expect(help).toContain(`${flag} `);
    }
  });

  it("the health of a container is that of its server", async () => {
    const server = await testServer(folder);
    const [, check = ""] = /HEALTHCHECK .*CMD (\[.*\])$/m.exec(fileOf("Dockerfile")) ?? [];
    const [program, ...args]: readonly string[] = JSON.parse(
      check.replace("http://127.0.0.1:8080", server.address),
    );
    const healthy = (): Promise<boolean> =>
      promisify(execFile)(program ?? "", args).then(
        () => true,
        () => false,
      );
    expect(await healthy()).toBe(true);
    await server.stop();
    expect(await healthy()).toBe(false);
  });

  it("services wait for services, and the balancer knows the servers", () => {
    const names = Object.keys(COMPOSE.services);
    for (const { depends_on: needed = {} } of Object.values(COMPOSE.services))
      expect(names).toEqual(expect.arrayContaining(Array.isArray(needed) ? needed : Object.keys(needed)));
    const servers = [...fileOf("nginx.conf").matchAll(/^ +server (\w+):8080/gm)].map(([, name]) => name);
    expect(servers).toEqual(["one", "two"]);
    expect(names).toEqual(expect.arrayContaining(servers));
  });
});
