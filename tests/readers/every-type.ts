import type { JsonValue } from "@omnigraph/base";

/** Values of each scalar, the ends of the ranges among them, as a load takes them. */
const VALUES: Readonly<Record<string, readonly JsonValue[]>> = {
  String: ["", "a", "Bé", "🙂", 'q"\\', "it's", "null", "x".repeat(300)],
  "enum(open, closed, on-hold)": ["open", "closed", "on-hold"],
  Blob: ["base64:", "base64:aGk=", "base64:AAEC"],
  Bool: [false, true],
  I32: [-2147483648, -1, 0, 1, 2147483647],
  U32: [0, 1, 4294967295],
  I64: [-9223372036854775808n, -9007199254740993n, -1, 0, 9007199254740993n, 9223372036854775807n],
  U64: [0, 1, 9007199254740993n, 18446744073709551615n],
  F32: [-0, 0, 0.1, -1.5, 3.4028234663852886e38, 1.401298464324817e-45],
  F64: [-0, 0, 0.1, 1e-320, 1.7976931348623157e308, 9007199254740992],
  Date: ["0000-01-01", "1969-12-31", "1970-01-01", "2024-02-29", "9999-12-31"],
  DateTime: [
    "0000-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999Z",
    "2024-02-29T12:00:00.001Z",
    "9999-12-31T23:59:59.999Z",
  ],
};
const VECTORS = [3, 40];

interface Case {
  readonly name: string;
  readonly type: string;
  /** The value of row n, null where it has none. */
  readonly value: (n: number) => JsonValue;
}

/** For each type: values without nulls, with some, one value again and again between nulls, nulls between which are long runs, and nulls alone. */
function casesOf(name: string, type: string, value: (n: number) => JsonValue): readonly Case[] {
  return [
    { name: `${name}_all`, type, value },
    { name: `${name}_some`, type: `${type}?`, value: (n) => (n % 3 === 0 ? null : value(n)) },
    { name: `${name}_one`, type: `${type}?`, value: (n) => (n % 4 === 3 ? null : value(1)) },
    { name: `${name}_few`, type: `${type}?`, value: (n) => (n % 997 === 1 ? value(1) : null) },
    { name: `${name}_none`, type: `${type}?`, value: () => null },
  ];
}

const scalars = Object.entries(VALUES).flatMap(([type, values], k) => {
  const at = (n: number): JsonValue => values[(n * 7 + k) % values.length] ?? null;
  const name = type.replace(/\W.*/s, "").toLowerCase();
  const list = (n: number): JsonValue => Array.from({ length: (n * 5) % 4 }, (_, i) => at(n + i));
  const lists = name === "enum" || name === "blob" ? [] : casesOf(`${name}_list`, `[${type}]`, list);
  return [...casesOf(name, type, at), ...lists];
});
const vectors = VECTORS.flatMap((size) =>
  casesOf(`vector${size}`, `Vector(${size})`, (n) =>
    Array.from({ length: size }, (_, i) => ((n * 31 + i) % 64) / 8 - 4),
  ),
);

/** A property for every type and way to be null. */
export const CASES: readonly Case[] = [...scalars, ...vectors];

const PROPERTIES = CASES.map(({ name, type }) => `  ${name}: ${type}`).join("\n");

/** Nodes and edges with every type of property, edges without any, and a type without entities. */
export const SCHEMA = `node Many {\n  key: String @key\n${PROPERTIES}\n}
node Few {\n  key: I64 @key\n${PROPERTIES}\n}
node Nothing {\n  key: String @key\n}
node Indexed {\n  key: String @key\n  rank: I64 @index\n  state: enum(open, closed)\n}
edge Plain: Many -> Few
edge Full: Few -> Many {\n${PROPERTIES}\n}
`;

function properties(n: number): Record<string, JsonValue> {
  return Object.fromEntries(CASES.map(({ name, value }) => [name, value(n)]));
}

export const many = (n: number): object => ({ type: "Many", data: { key: `m${n}`, ...properties(n) } });
export const few = (n: number): object => ({ type: "Few", data: { key: n, ...properties(n) } });
export const indexed = (n: number): object => ({
  type: "Indexed",
  data: { key: `it's ${n}`, rank: n % 50, state: n % 2 === 0 ? "open" : "closed" },
});
export const plain = (n: number, many: number, few: number): object => ({
  edge: "Plain",
  from: `m${n % many}`,
  to: String(n % few),
});
export const full = (n: number, few: number, many: number): object => ({
  edge: "Full",
  from: String(n % few),
  to: `m${n % many}`,
  data: properties(n),
});
