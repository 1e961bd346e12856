/** Most characters of a value of the caller's in a message. */
export const SHOWN = 60;

/** A value that a caller gave, for a message; cut if it is long. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);
    case "object":
      return value === null ? "null" : kindOfObject(value);
    case "undefined":
      return "missing";
    case "function":
    case "symbol":
      return `a ${typeof value}`;
    case "bigint":
      return "a bigint";
    case "number":
    case "boolean":
      return String(value);
  }
}

function kindOfObject(value: object): string {
  try {
    if (Array.isArray(value)) return "an array";
    if (value instanceof Date && Number.isNaN(value.getTime())) return "a Date that is no time";
    const { constructor } = value;
    const name = typeof constructor === "function" && constructor !== Object ? constructor.name : "";
    return name === "" ? "an object" : `an object of ${name.slice(0, SHOWN)}`;
  } catch {
    return "an object that cannot be looked at";
  }
}
