import { OmnigraphError } from "@omnigraph/base";
import type { CredentialJson } from "@omnigraph/wire";
import { type GlobalOptions, say } from "../context.ts";
import type { Define } from "../define.ts";
import { readInput, STDIN } from "../files.ts";
import { withJson } from "../options.ts";
import { shown } from "../output/shown.ts";

interface Options extends GlobalOptions {
  readonly token?: string;
}

/** What a header can hold. */
const TOKEN = /^[\u0021-\u007e]+$/;

export const define: Define = (command, context) => {
  command
    .description(
      "Keeps the token of a server, in a file that nobody else can read. It is sent to that server alone.",
    )
    .argument("<name>", "the server, as the configuration file names it")
    .option("--token <token>", "the token; without it standard input is read, so that no history has it")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph login prod < token.txt\n  omnigraph login prod --token a-long-random-text",
    );
  withJson(command).action(async (name: string, options: Options) => {
    const { settings, terminal } = context;
    const server = await settings.server(name);
    if (server.name === null)
      throw new OmnigraphError(
        "usage",
        `name the server first: give it an entry in servers of ${settings.path}, and log in to that`,
      );
    const token = (options.token ?? (await asked())).trim();
    if (!TOKEN.test(token))
      throw new OmnigraphError(
        "usage",
        "a token is a text of letters, digits and signs of ASCII, without spaces",
      );
    const { keepToken } = await import("../credentials.ts");
    await keepToken(settings, server.name, { address: server.address, token });
    const answer: CredentialJson = { server: server.name, url: server.address, logged_in: true };
    await say(context, options, answer, shown`logged in to ${server.name} at ${server.address}\n`);

    async function asked(): Promise<string> {
      if (!terminal.interactive || !process.stdin.isTTY) return readInput(context, STDIN, "token");
      return terminal.err.ask(shown`token for ${name}: `, terminal.input, context.signal);
    }
  });
};
