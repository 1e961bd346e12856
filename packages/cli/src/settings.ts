import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Configuration } from "./configuration.ts";
import { fileError } from "./files.ts";
import type { Shown } from "./output/shown.ts";

/** What a person set for every command: in the environment, else in the configuration file, which is read only where it is needed. */
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

  /** Where the configuration file is looked for. */
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
    // What reads YAML is loaded for those who have a file.
    const { readConfiguration } = await import("./configuration.ts");
    return readConfiguration(this.path, text, this.#warn);
  }
}
