/** A number with the noun it counts: `1 row`, `2 rows`, `0 queries`. `many` is the plural where it is not the noun with an s. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
