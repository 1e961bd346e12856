import { OmnigraphError, writeJson } from "@omnigraph/base";
import type { ProfileJson } from "@omnigraph/wire";
import type { NamedPlace } from "../configuration.ts";
import { type GlobalOptions, say } from "../context.ts";
import type { Define } from "../define.ts";
import { withJson } from "../options.ts";
import { shown } from "../output/shown.ts";
import { table } from "../output/table.ts";
import { profileOf } from "../place.ts";

export const define: Define = (command, context) => {
  command
    .description("Profiles: graphs that the configuration file names, for --profile.")
    .addHelpText("after", "\nExample:\n  omnigraph profile list");
  defineList(command.command("list"), context);
  defineShow(command.command("show"), context);
};

const defineList: Define = (command, context) => {
  command.summary("every profile").addHelpText("after", "\nExample:\n  omnigraph profile list --json");
  withJson(command).action(async (options: GlobalOptions) => {
    const { profiles, defaults } = await context.settings.configuration();
    const all = [...profiles].map(([name, place]) => profileJson(name, place, defaults.profile));
    const { out } = context.terminal;
    if (options.json === true) return out.data(`${writeJson(all, 2)}\n`);
    const rows = all.map((one) => [
      one.name,
      one.store ?? one.server ?? "",
      one.graph ?? "",
      one.default ? "yes" : "",
    ]);
    return out.say(table(["profile", "store or server", "graph", "default"], rows, context.terminal));
  });
};

const defineShow: Define = (command, context) => {
  command
    .summary("one profile")
    .argument("[name]", "the profile (default: that of the configuration file)")
    .addHelpText("after", "\nExample:\n  omnigraph profile show work");
  withJson(command).action(async (given: string | undefined, options: GlobalOptions) => {
    const { defaults } = await context.settings.configuration();
    const name = given ?? defaults.profile;
    if (name === undefined)
      throw new OmnigraphError("usage", `name a profile: ${context.settings.path} has no defaults.profile`);
    const answer = profileJson(name, await profileOf(context, name), defaults.profile);
    const { store, server, graph } = answer;
    const place =
      store === null ? shown`server ${server ?? ""}, graph ${graph ?? ""}` : shown`store ${store}`;
    return say(context, options, answer, shown`${name}: ${place}${answer.default ? " (default)" : ""}\n`);
  });
};

function profileJson(
  name: string,
  { store, server, graph }: NamedPlace,
  byDefault: string | undefined,
): ProfileJson {
  return {
    name,
    store: store ?? null,
    server: server ?? null,
    graph: graph ?? null,
    default: name === byDefault,
  };
}
