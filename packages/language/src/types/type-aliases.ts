/** Names of types in other languages, in lower case, and what to write instead. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["int", "I32` or `I64"],
  ["integer", "I32` or `I64"],
  ["int32", "I32"],
  ["int64", "I64"],
  ["long", "I64"],
  ["bigint", "I64"],
  ["short", "I32"],
  ["uint", "U32` or `U64"],
  ["uint32", "U32"],
  ["uint64", "U64"],
  ["float", "F64` or `F32"],
  ["float32", "F32"],
  ["float64", "F64"],
  ["double", "F64"],
  ["number", "I64` or `F64"],
  ["numeric", "I64` or `F64"],
  ["decimal", "F64"],
  ["real", "F64"],
  ["boolean", "Bool"],
  ["text", "String"],
  ["str", "String"],
  ["char", "String"],
  ["varchar", "String"],
  ["uuid", "String"],
  ["json", "String"],
  ["bytes", "Blob"],
  ["binary", "Blob"],
  ["timestamp", "DateTime"],
  ["timestamptz", "DateTime"],
  ["time", "DateTime"],
  ["list", "[String]"],
  ["array", "[String]"],
  ["embedding", "Vector(1536)"],
  ["vector", "Vector(1536)` with the length of your vectors in place of `1536"],
]);

/** The remedy for a type name of another language; undefined for any other word. */
export function typeAliasRemedy(name: string): string | undefined {
  const meant = ALIASES.get(name.toLowerCase());
  return meant === undefined ? undefined : `Write \`${meant}\`.`;
}
