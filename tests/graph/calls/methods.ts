import { Omnigraph } from "omnigraph";

/** Names of an object's own methods. */
export function ownMethods(object: object): readonly string[] {
  return Object.getOwnPropertyNames(object).filter(
    (name) =>
      name !== "constructor" && typeof Object.getOwnPropertyDescriptor(object, name)?.value === "function",
  );
}

/** Every method that a handle, and what hangs on it, has; found in the objects, so that one that is added later is found as well. */
export function methodsOf(graph: Omnigraph): readonly string[] {
  const groups = Object.entries(graph).flatMap(([name, group]: readonly [string, unknown]) => {
    if (typeof group !== "object" || group === null) return [];
    const methods = [...ownMethods(group), ...ownMethods(Object.getPrototypeOf(group) as object)];
    return methods.map((method) => `${name}.${method}`);
  });
  return [...ownMethods(Omnigraph.prototype), "run", "blobs.stream", ...groups];
}
