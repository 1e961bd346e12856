/**
 * A value of a property as JavaScript sees it. I32, U32, F32, F64: number. I64, U64: number when safe, else bigint.
 * Date: epoch days (number). DateTime: epoch milliseconds (number). String and Blob reference: string.
 * Lists: array of values or null. Vectors: Float32Array.
 */
export type Value = null | boolean | number | bigint | string | Float32Array | readonly Value[];

/** Named values, as parameters are given and rows are answered. */
export type Values = Readonly<Record<string, Value>>;
