import { OmnigraphError } from "@omnigraph/base";
import { parseYaml, type YamlRefusal } from "@omnigraph/base/yaml";
import { type Shown, shown } from "./output/shown.ts";

/** The known sections and members of a configuration file. This version uses `operator.actor` and `defaults.store`; the others are for servers. */
const KNOWN: ReadonlyMap<string, readonly string[] | null> = new Map([
  ["operator", ["actor"]],
  ["defaults", ["store", "server", "cluster", "graph", "profile"]],
  ["servers", null],
  ["clusters", null],
  ["profiles", null],
  ["aliases", null],
]);

/** The settings of a configuration file. */
export interface Configuration {
  readonly store?: string;
  readonly actor?: string;
}

/** Reads the text of a configuration file, and warns of unknown members. Errors: `config_invalid` with the place. */
export async function readConfiguration(
  path: string,
  text: string,
  warn: (warning: Shown) => Promise<void>,
): Promise<Configuration> {
  const unknown = (place: string, name: string, known: Iterable<string>): Promise<void> =>
    warn(
      shown`warning: ${place}: ${name} is not known and has no effect; known here: ${[...known].join(", ")}\n`,
    );
  const found: { store?: string; actor?: string } = {};
  for (const [section, value] of parseYaml(path, text, refusal).members()) {
    const known = KNOWN.get(section);
    if (known === undefined) await unknown(value.place, section, KNOWN.keys());
    if (known === undefined || known === null) continue;
    for (const [key, inner] of value.members()) {
      if (!known.includes(key)) await unknown(inner.place, inner.name, known);
      if (inner.name === "operator.actor") found.actor = inner.text();
      if (inner.name === "defaults.store") found.store = inner.text();
    }
  }
  return found;
}

const refusal: YamlRefusal = (problem, { path, line }) =>
  new OmnigraphError(
    "config_invalid",
    `${problem}; fix the configuration file, or name the graph and the author on the command line`,
    { details: { path, line } },
  );
