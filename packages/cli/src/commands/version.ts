import type { Define } from "../commands.ts";
import { write } from "../terminal.ts";
import { VERSION_TEXT } from "../version.ts";

export const define: Define = (command, context) => {
  command.action(() => write(context.terminal.out, VERSION_TEXT));
};
