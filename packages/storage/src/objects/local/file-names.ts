/**
 * Object keys as paths that survive any file system: case-insensitive, normalising, with reserved names, with names of at most 255 bytes.
 *
 * Lower-case letters, digits, `-`, `_` and `.` stand for themselves; every other byte of the UTF-8 form is `%xx`. Also escaped: a dot at either end of
 * a part (hidden and trimmed names), and the first letter of a reserved device name. An upper-case ULID that is a part, or the beginning of a part
 * before a dot, stays readable: its letters stand for themselves. Other spellings of the same ULID, such as lower case, have those letters escaped, so
 * that no two keys differ by letter case alone. A part longer than 240 characters is split into nested folders: each piece but the last ends with `%`,
 * each piece but the first begins with `+`.
 */

const PLAIN = /^[a-z0-9_-](?:[a-z0-9._-]*[a-z0-9_-])?$/;
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}(?=\.|$)/i;
const OTHER = /[^a-z0-9._-]/gu;
const MAX_LENGTH = 240;
/** Stands where a long part is split. */
const FOLD = "%/+";

/** The path of a key, relative to the store's folder. */
export function escapeKey(key: string): string {
  return key.split("/").map(escapePart).join("/");
}

/** The key of a relative path, or null where no key has that path: the file is not ours. */
export function unescapePath(path: string): string | null {
  const key = unescapeName(path.replaceAll(FOLD, ""));
  return key !== null && escapeKey(key) === path ? key : null;
}

/** What a whole escaped name stands for, or null where it is none. */
export function unescapeName(name: string): string | null {
  try {
    return decodeURIComponent(name);
  } catch (cause) {
    if (cause instanceof URIError) return null;
    throw cause;
  }
}

function escapePart(part: string): string {
  const id = ULID.exec(part)?.[0];
  if (id === undefined && part.length <= MAX_LENGTH && PLAIN.test(part) && !RESERVED.test(part)) return part;
  const escaped =
    id === undefined ? escapeRest(part, true) : escapeId(id) + escapeRest(part.slice(id.length), false);
  return escaped.length <= MAX_LENGTH ? escaped : folded(escaped);
}

function escapeId(id: string): string {
  return id === id.toUpperCase() ? id : id.replaceAll(/[a-z]/gi, escapeCharacter);
}

function escapeRest(text: string, whole: boolean): string {
  let escaped = text.replaceAll(OTHER, escapeCharacter);
  if (escaped.endsWith(".")) escaped = `${escaped.slice(0, -1)}%2e`;
  if (whole && (escaped.startsWith(".") || RESERVED.test(escaped))) {
    escaped = escapeCharacter(escaped.slice(0, 1)) + escaped.slice(1);
  }
  return escaped;
}

function escapeCharacter(character: string): string {
  let escaped = "";
  for (const byte of new TextEncoder().encode(character)) escaped += `%${byte.toString(16).padStart(2, "0")}`;
  return escaped;
}

/** Splits between escapes, so that a `%` at the end of a name always means that the part goes on in the folder. */
function folded(escaped: string): string {
  const names: string[] = [];
  let rest = escaped;
  while (rest.length > MAX_LENGTH) {
    const inside = rest.slice(MAX_LENGTH - 2, MAX_LENGTH).lastIndexOf("%");
    const cut = inside < 0 ? MAX_LENGTH : MAX_LENGTH - 2 + inside;
    names.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...names, rest].join(FOLD);
}
