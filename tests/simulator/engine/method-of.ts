/** A method as it is, to be called with an object of the prototype. */
export function methodOf<Class, Name extends keyof Class>(prototype: Class, name: Name): Class[Name] {
  return prototype[name];
}
