import { ownMember, writeJson } from "@omnigraph/base";
import type { AnswerValue, EntityImage } from "omnigraph";

/** How a value of a named property is shown; the ends of an edge have the names `from` and `to`. */
export type ShowValue = (property: string, value: AnswerValue) => string;

/** Values as JSON, whatever the type of their property: for what programs read. */
export const showJson: ShowValue = (_, value) => writeJson(value);

/** An entity with what it holds; endpoints only of an edge. */
export interface Image {
  readonly properties: Readonly<Record<string, AnswerValue>>;
  readonly endpoints?: EntityImage["endpoints"];
}

/** A property that is not the same in two images, with its values as they are shown. */
export interface Difference {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

type Values = Readonly<Record<string, AnswerValue>>;

/** What differs between two images: first `from` and `to`, the ends of an edge, then the properties. */
export function differences(before: Image | null, after: Image | null, show: ShowValue): Difference[] {
  return valueDifferences(valuesOf(before), valuesOf(after), show);
}

/** What differs between two sets of values; what one lacks is null there. */
export function valueDifferences(before: Values, after: Values, show: ShowValue): Difference[] {
  return namesOf([before, after]).flatMap((name) => {
    const difference = { name, before: textOf(before, name, show), after: textOf(after, name, show) };
    return difference.before === difference.after ? [] : [difference];
  });
}

/** Names of the values that are not the same in all images; one that is not there has none. */
export function differing(images: readonly (Image | null)[], show: ShowValue): string[] {
  const sides = images.map(valuesOf);
  return namesOf(sides).filter((name) => new Set(sides.map((side) => textOf(side, name, show))).size > 1);
}

/** A value as it is shown. */
export function valueText(image: Image, name: string, show: ShowValue): string {
  return textOf(valuesOf(image), name, show);
}

function valuesOf(image: Image | null): Values {
  return { ...image?.endpoints, ...image?.properties };
}

function namesOf(sides: readonly Values[]): string[] {
  return [...new Set(sides.flatMap((side) => Object.keys(side)))];
}

function textOf(values: Values, name: string, show: ShowValue): string {
  return show(name, ownMember(values, name) ?? null);
}
