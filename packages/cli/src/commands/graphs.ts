import { OmnigraphError } from "@omnigraph/base";
import type { GraphListJson } from "@omnigraph/wire";
import { type GlobalOptions, say } from "../context.ts";
import type { Define } from "../define.ts";
import { withJson, withServer } from "../options.ts";
import { table } from "../output/table.ts";
import { clientOf, profileOf } from "../place.ts";

export const define: Define = (command, context) => {
  command
    .description("The graphs of a server.")
    .addHelpText("after", "\nExample:\n  omnigraph graphs list --server https://graphs.example.com");
  const list = command
    .command("list")
    .summary("the graphs on which you may do anything")
    .addHelpText("after", "\nExample:\n  omnigraph graphs list --server prod");
  withJson(withServer(list)).action(async (options: GlobalOptions) => {
    const { settings } = context;
    const { defaults } = await settings.configuration();
    const profile = options.profile ?? (options.server === undefined ? defaults.profile : undefined);
    const named =
      options.server ??
      (profile === undefined ? defaults.server : (await profileOf(context, profile)).server);
    if (named === undefined)
      throw new OmnigraphError(
        "usage",
        `name a server: --server <name|url>, or defaults.server in ${settings.path}`,
      );
    const client = await clientOf(context, await settings.server(named));
    const graphs = await client.graphs({ signal: context.signal });
    const answer: GraphListJson = { graphs: graphs.map(({ id, uri }) => ({ graph_id: id, uri })) };
    return say(
      context,
      options,
      answer,
      table(
        ["graph"],
        graphs.map(({ id }) => [id]),
        context.terminal,
      ),
    );
  });
};
