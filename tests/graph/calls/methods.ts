import { Omnigraph } from "omnigraph";

/** Names of an object's own methods. */
export function ownMethods(object: object): readonly string[] {
  return Object.getOwnPropertyNames(object).filter(
    (name) => name !== "constructor" && typeof Reflect.get(object, name) === "function",
  );
}

/** Every method that a handle, and what hangs on it, has; found in the classes, so that one that is added later is found as well. */
export function methodsOf(graph: Omnigraph): readonly string[] {
  const inside = (name: "branches" | "changes" | "commits"): readonly string[] =>
    ownMethods(Object.getPrototypeOf(graph[name])).map((method) => `${name}.${method}`);
  return [
    ...ownMethods(Omnigraph.prototype),
    "run",
    ...ownMethods(graph.schema).map((method) => `schema.${method}`),
    ...inside("branches"),
    ...inside("changes"),
    ...inside("commits"),
  ];
}
