import { OmnigraphError } from "@omnigraph/base";
import { parseYaml, type YamlRefusal, type YamlValue } from "@omnigraph/base/yaml";
import { type Shown, shown } from "./output/shown.ts";

/** Where a graph is, as a file names it: a store, or a graph of a server. */
export interface NamedPlace {
  readonly store?: string;
  /** Name or address of the server. */
  readonly server?: string;
  readonly graph?: string;
}

/** A command line that has a name. */
export interface Alias extends NamedPlace {
  readonly command: "query" | "mutate";
  /** The profile that says where the graph is. */
  readonly profile?: string;
  /** Name of the query, which a server has stored unless a file is named. */
  readonly query?: string;
  readonly file?: string;
  readonly branch?: string;
  readonly format?: string;
  /** Parameters that arguments give, in their order: as they stand, or read as JSON. */
  readonly args: readonly { readonly name: string; readonly as: "text" | "json" }[];
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

/** The settings of a configuration file. */
export interface Configuration {
  readonly actor?: string;
  readonly defaults: NamedPlace & { readonly profile?: string };
  /** Addresses by name. */
  readonly servers: ReadonlyMap<string, string>;
  readonly profiles: ReadonlyMap<string, NamedPlace>;
  readonly aliases: ReadonlyMap<string, Alias>;
}

/** The known sections of a configuration file, with their members where these are the same in every file. */
const KNOWN: ReadonlyMap<string, readonly string[] | null> = new Map([
  ["operator", ["actor"]],
  ["defaults", ["store", "server", "cluster", "graph", "profile"]],
  ["servers", null],
  ["clusters", null],
  ["profiles", null],
  ["aliases", null],
]);

const PLACE = ["store", "server", "graph"];
const ALIAS = [...PLACE, "profile", "command", "query", "file", "branch", "format", "args", "params"];

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
  const sections = parseYaml(path, text, refusal).members();
  for (const [section, value] of sections) {
    const known = KNOWN.get(section);
    if (known === undefined) await unknown(value.place, section, KNOWN.keys());
    if (known === undefined || known === null) continue;
    for (const [key, inner] of value.members())
      if (!known.includes(key)) await unknown(inner.place, inner.name, known);
  }
  const actor = sections.get("operator")?.members().get("actor")?.text();
  const defaults = sections.get("defaults");
  const profile = defaults?.members().get("profile")?.text();
  return {
    ...(actor === undefined ? {} : { actor }),
    defaults: { ...placeIn(defaults), ...(profile === undefined ? {} : { profile }) },
    servers: eachOf(sections.get("servers"), serverIn),
    profiles: eachOf(sections.get("profiles"), (value) => {
      value.members(PLACE);
      return placeIn(value);
    }),
    aliases: eachOf(sections.get("aliases"), aliasIn),
  };
}

function eachOf<T>(section: YamlValue | undefined, read: (value: YamlValue) => T): ReadonlyMap<string, T> {
  return new Map([...(section?.members() ?? [])].map(([name, value]) => [name, read(value)]));
}

function serverIn(value: YamlValue): string {
  value.members(["url"]);
  return value.required("url").text();
}

function placeIn(value: YamlValue | undefined): NamedPlace {
  return textsIn(value, ["store", "server", "graph"]);
}

function aliasIn(value: YamlValue): Alias {
  const members = value.members(ALIAS);
  const args = [...(members.get("args")?.members() ?? [])].map(([name, as]) => ({
    name,
    as: as.oneOf(["text", "json"]),
  }));
  const params = [...(members.get("params")?.members() ?? [])].map(
    ([name, param]) => [name, param.scalar()] as const,
  );
  return {
    ...placeIn(value),
    ...textsIn(value, ["profile", "query", "file", "branch", "format"]),
    command: members.get("command")?.oneOf(["query", "mutate"]) ?? "query",
    args,
    params: Object.fromEntries(params),
  };
}

/** Members that are texts, those that are there. */
function textsIn<Name extends string>(
  value: YamlValue | undefined,
  names: readonly Name[],
): { readonly [Member in Name]?: string } {
  const members = value?.members();
  const found: { [Member in Name]?: string } = {};
  for (const name of names) {
    const text = members?.get(name)?.text();
    if (text !== undefined) found[name] = text;
  }
  return found;
}

const refusal: YamlRefusal = (problem, { path, line }) =>
  new OmnigraphError(
    "config_invalid",
    `${problem}; fix the configuration file, or name the graph and the author on the command line`,
    { details: { path, line } },
  );
