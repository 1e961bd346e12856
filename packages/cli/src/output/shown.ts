import { visible } from "@omnigraph/base";

/**
 * Text for people. It is made here alone, from our own words and from values that went through `visible`; a terminal takes nothing else, so that
 * no value of others gets there as it is.
 */
export class Shown {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** As `shown`. */
  static of(words: readonly string[], values: readonly ShownValue[]): Shown {
    const parts = values.map((value, at) => `${valueOf(value)}${words[at + 1] ?? ""}`);
    return new Shown((words[0] ?? "") + parts.join(""));
  }

  /** As `lines`. */
  static lines(text: string): Shown {
    return new Shown(text.split("\n").map(lineOf).join("\n"));
  }

  /** As `joined`. */
  static joined(parts: readonly Shown[], between: string): Shown {
    return new Shown(parts.map(({ text }) => text).join(between));
  }

  /** As `painted`. */
  static painted(paint: (text: string) => string, { text }: Shown): Shown {
    return new Shown(paint(text));
  }
}

type ShownValue = string | number | bigint | Shown;

function valueOf(value: ShownValue): string {
  if (value instanceof Shown) return value.text;
  return typeof value === "string" ? visible(value) : String(value);
}

/** A tab stands for two columns, wherever it is. */
function lineOf(line: string): string {
  return visible(line.replaceAll("\t", "  "));
}

/** Our own words as they are written, with values in between: `` shown`merged ${source}\n` ``. */
export function shown(words: TemplateStringsArray, ...values: readonly ShownValue[]): Shown {
  return Shown.of(words, values);
}

/** A text of several lines, such as the message of an error with the excerpt of a source: only its line ends stay as they are. */
export function lines(text: string): Shown {
  return Shown.lines(text);
}

/** Texts one after another. `between` is ours. */
export function joined(parts: readonly Shown[], between: "" | "\n" | ", " | " | " = ""): Shown {
  return Shown.joined(parts, between);
}

/** A text in colour. `paint` is ours: it puts escapes around the text. */
export function painted(paint: (text: string) => string, text: Shown): Shown {
  return Shown.painted(paint, text);
}
