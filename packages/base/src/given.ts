/** The members of an object that may be undefined as members that may be absent. */
export type Given<T extends object> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** The same object without the members that are undefined, for options and JSON in which what is not given is absent. */
export function given<T extends object>(values: T): Given<T> {
  // Cast: the platform's types do not follow the members.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
