import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Configuration } from "./configuration.ts";
import { fileError } from "./files.ts";
import type { Shown } from "./output/shown.ts";

/** Settings for all commands: from the environment, else from the configuration file, which is read only when needed. */
export class Settings {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #warn: (warning: Shown) => Promise<void>;
  #configuration: Promise<Configuration> | null = null;

  constructor(
    environment: Readonly<Record<string, string | undefined>>,
    warn: (warning: Shown) => Promise<void>,
  ) {
    this.#environment = environment;
    this.#warn = warn;
  }

  /** Address of the graph where a command names none. Errors: `config_invalid`, `file_unreadable`. */
  async store(): Promise<string | undefined> {
    return this.#variable("OMNIGRAPH_STORE") ?? (await this.#configured()).store;
  }

  /** Author of writes where a command names none. Errors: as `store`. */
  async actor(): Promise<string | undefined> {
    return this.#variable("OMNIGRAPH_ACTOR") ?? (await this.#configured()).actor;
  }

  /** The path of the configuration file. */
  get path(): string {
    return join(this.#variable("OMNIGRAPH_HOME") ?? join(homedir(), ".omnigraph"), "config.yaml");
  }

  #variable(name: string): string | undefined {
    const value = this.#environment[name];
    return value === "" ? undefined : value;
  }

  #configured(): Promise<Configuration> {
    this.#configuration ??= this.#read();
    return this.#configuration;
  }

  async #read(): Promise<Configuration> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR"))
        return {};
      throw fileError("file_unreadable", `cannot read the configuration file ${this.path}`, cause);
    }
    // The YAML parser is loaded only if there is a file.
    const { readConfiguration } = await import("./configuration.ts");
    return readConfiguration(this.path, text, this.#warn);
  }
}
