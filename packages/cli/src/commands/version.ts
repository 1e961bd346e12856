import type { Define } from "../define.ts";
import { VERSION_TEXT } from "../version.ts";

export const define: Define = (command, context) => {
  command
    .description("Prints the version of the software, and that of the disk format.")
    .addHelpText("after", "\nExample:\n  omnigraph version")
    .action(() => context.terminal.out.data(VERSION_TEXT));
};
