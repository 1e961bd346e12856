/** Sets a member of an object under any name, `__proto__` among them, which assignment takes for the prototype. */
export function defineMember<Member>(object: Record<string, Member>, name: string, value: Member): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** An object's own member of a name; undefined for what only its prototype has. */
export function ownMember<Member>(
  object: Readonly<Record<string, Member>>,
  name: string,
): Member | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
