import { writeJson } from "@omnigraph/base";
import type { AnswerValue, EntityImage } from "omnigraph";

/** An entity with what it holds; endpoints only of an edge. */
export interface Image {
  readonly properties: Readonly<Record<string, AnswerValue>>;
  readonly endpoints?: EntityImage["endpoints"];
}

/** A property that is not the same in two images, with its values as JSON. */
export interface Difference {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

type Values = Readonly<Record<string, AnswerValue>>;

/** What differs between two images: first `from` and `to`, the ends of an edge, then the properties. */
export function differences(before: Image | null, after: Image | null): Difference[] {
  return valueDifferences(valuesOf(before), valuesOf(after));
}

/** What differs between two sets of values; what one lacks is null there. */
export function valueDifferences(before: Values, after: Values): Difference[] {
  return namesOf([before, after]).flatMap((name) => {
    const difference = { name, before: textOf(before, name), after: textOf(after, name) };
    return difference.before === difference.after ? [] : [difference];
  });
}

/** Names of the values that are not the same in all images; one that is not there has none. */
export function differing(images: readonly (Image | null)[]): string[] {
  const sides = images.map(valuesOf);
  return namesOf(sides).filter((name) => new Set(sides.map((side) => textOf(side, name))).size > 1);
}

/** A value as JSON. */
export function valueText(image: Image, name: string): string {
  return textOf(valuesOf(image), name);
}

function valuesOf(image: Image | null): Values {
  return { ...image?.endpoints, ...image?.properties };
}

function namesOf(sides: readonly Values[]): string[] {
  return [...new Set(sides.flatMap((side) => Object.keys(side)))];
}

function textOf(values: Values, name: string): string {
  return writeJson(values[name] ?? null);
}
