import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { OmnigraphError } from "@omnigraph/base";
import type { Configuration } from "./configuration.ts";
import { fileError } from "./files.ts";
import type { Shown } from "./output/shown.ts";

const NO_CONFIGURATION: Configuration = {
  defaults: {},
  servers: new Map(),
  profiles: new Map(),
  aliases: new Map(),
};

type Environment = Readonly<Record<string, string | undefined>>;

/** A server, by what a command or a file calls it. */
export interface NamedServer {
  /** Its name in the configuration file; null for one that is named by its address alone. */
  readonly name: string | null;
  readonly address: string;
}

/** Settings for all commands: from the environment, else from the configuration file, which is read only when needed. */
export class Settings {
  readonly #environment: Environment;
  readonly #warn: (warning: Shown) => Promise<void>;
  #configuration: Promise<Configuration> | null = null;

  constructor(environment: Environment, warn: (warning: Shown) => Promise<void>) {
    this.#environment = environment;
    this.#warn = warn;
  }

  /** Author of writes where a command names none. Errors: as `configuration`. */
  async actor(): Promise<string | undefined> {
    return this.variable("OMNIGRAPH_ACTOR") ?? (await this.configuration()).actor;
  }

  /** A server by its name or its address. Errors: `usage` for a name that is not there; as `configuration`. */
  async server(named: string): Promise<NamedServer> {
    const { servers } = await this.configuration();
    const address = servers.get(named);
    if (address !== undefined) return { name: named, address };
    if (/^https?:\/\//i.test(named)) {
      const known = [...servers].find(([, url]) => url.replace(/\/+$/u, "") === named.replace(/\/+$/u, ""));
      return { name: known?.[0] ?? null, address: named };
    }
    const names = [...servers.keys()].join(", ");
    throw new OmnigraphError(
      "usage",
      `there is no server ${named}: give an address such as https://host:8080, or one of servers in ${this.path}${names === "" ? "" : ` (${names})`}`,
    );
  }

  /** The folder of the configuration file and the credentials. */
  get home(): string {
    return this.variable("OMNIGRAPH_HOME") ?? join(homedir(), ".omnigraph");
  }

  /** The path of the configuration file. */
  get path(): string {
    return join(this.home, "config.yaml");
  }

  /** A variable of the environment; one that is empty is not set. */
  variable(name: string): string | undefined {
    const value = this.#environment[name];
    return value === "" ? undefined : value;
  }

  /** What the configuration file says. Errors: `config_invalid`, `file_unreadable`. */
  configuration(): Promise<Configuration> {
    this.#configuration ??= this.#read();
    return this.#configuration;
  }

  async #read(): Promise<Configuration> {
    const text = await textOrNull(this.path);
    if (text === null) return NO_CONFIGURATION;
    // The YAML parser is loaded only if there is a file.
    const { readConfiguration } = await import("./configuration.ts");
    return readConfiguration(this.path, text, this.#warn);
  }
}

async function textOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR"))
      return null;
    throw fileError("file_unreadable", `cannot read the configuration file ${path}`, cause);
  }
}
