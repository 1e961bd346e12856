import type { Command } from "commander";
import type { Context } from "./context.ts";

/** Fills a command with its arguments, options, help and action. */
export type Define = (command: Command, context: Context) => void;
