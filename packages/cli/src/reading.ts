import { given } from "@omnigraph/base";
import type { ReadOptions } from "omnigraph";
import { type PastOptions, pastOf } from "./at.ts";
import { type Context, type GlobalOptions, storeOf } from "./context.ts";
import { nameAndAddress, queryParameters, querySource, type SourceOptions } from "./source.ts";

/** The options of commands that run a query, or show how it is run. */
export interface ReadingOptions extends GlobalOptions, SourceOptions, PastOptions {
  readonly branch: string;
}

/** What such a command asks, and where. */
export interface Reading {
  readonly uri: string;
  readonly text: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly options: ReadOptions;
}

/** What the arguments and options of such a command say. */
export async function readingOf(
  context: Context,
  words: readonly (string | undefined)[],
  options: ReadingOptions,
): Promise<Reading> {
  const { name, address } = nameAndAddress(...words);
  const uri = await storeOf(context, options, address);
  const at = pastOf(options);
  const { text, file } = await querySource(context, options);
  const parameters = await queryParameters(context, options);
  const { branch } = options;
  return { uri, text, parameters, options: { ...given({ name, at }), file, branch, signal: context.signal } };
}
