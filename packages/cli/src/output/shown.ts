import { visible } from "@omnigraph/base";

/**
 * Text that is safe for a terminal. It is made only here, from our own words and from values that were escaped by `visible`. A terminal accepts nothing
 * else, so that no unescaped value can reach it.
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

/** Escapes one line; a tab becomes two spaces. */
function lineOf(line: string): string {
  return visible(line.replaceAll("\t", "  "));
}

/** A template of our own words with escaped values in between: `` shown`merged ${source}\n` ``. */
export function shown(words: TemplateStringsArray, ...values: readonly ShownValue[]): Shown {
  return Shown.of(words, values);
}

/** A text of several lines, such as an error message with an excerpt of a source: everything but its line ends is escaped. */
export function lines(text: string): Shown {
  return Shown.lines(text);
}

/** Concatenates texts with a separator. */
export function joined(parts: readonly Shown[], between: "" | "\n" | ", " | " | " = ""): Shown {
  return Shown.joined(parts, between);
}

/** A text in colour; `paint` adds the escape sequences around it. */
export function painted(paint: (text: string) => string, text: Shown): Shown {
  return Shown.painted(paint, text);
}
