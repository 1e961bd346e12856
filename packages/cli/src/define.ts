import type { Command } from "commander";
import type { Context } from "./context.ts";

/** Adds arguments, options, help and action to a command. */
export type Define = (command: Command, context: Context) => void;
