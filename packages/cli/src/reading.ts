import { given } from "@omnigraph/base";
import type { ReadOptions } from "omnigraph";
import { type PastOptions, pastOf } from "./at.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { type Place, placeOf } from "./place.ts";
import { isStored, nameAndAddress, queryParameters, querySource, type SourceOptions } from "./source.ts";

/** The options of commands that run a query, or show how it is run. */
export interface ReadingOptions extends GlobalOptions, SourceOptions, PastOptions {
  readonly branch: string;
}

/** What such a command asks, and where. */
export interface Reading {
  readonly place: Place;
  /** Null where a server is to run a query that it has stored, which then is named. */
  readonly text: string | null;
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
  const place = await placeOf(context, options, address);
  const at = pastOf(options);
  const source = isStored(place, name, options) ? null : await querySource(context, options);
  const parameters = await queryParameters(context, options);
  const { branch } = options;
  const asked = { ...given({ name, at, file: source?.file }), branch, signal: context.signal };
  return { place, text: source?.text ?? null, parameters, options: asked };
}
