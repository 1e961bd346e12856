import type { CredentialJson } from "@omnigraph/wire";
import { type GlobalOptions, say } from "../context.ts";
import type { Define } from "../define.ts";
import { withJson } from "../options.ts";
import { shown } from "../output/shown.ts";

export const define: Define = (command, context) => {
  command
    .description("Forgets the token of a server.")
    .argument("<name>", "the server, as the configuration file names it")
    .addHelpText("after", "\nExample:\n  omnigraph logout prod");
  withJson(command).action(async (name: string, options: GlobalOptions) => {
    const { forgetToken } = await import("../credentials.ts");
    const wasThere = await forgetToken(context.settings, name);
    const { servers } = await context.settings.configuration();
    const answer: CredentialJson = { server: name, url: servers.get(name) ?? null, logged_in: false };
    const text = wasThere ? shown`logged out of ${name}\n` : shown`there was no token of ${name}\n`;
    await say(context, options, answer, text);
  });
};
