import { expect, test } from "vitest";
import { Admission } from "./admission.ts";

test("an actor is admitted as long as few writes and bytes of its are in flight, and another one has room of its own", () => {
  const admission = new Admission({ writes: 2, bytes: 100 });
  const done = admission.admit("ann", 60);
  expect(() => admission.admit("ann", 60)).toThrow("1 writes of yours are in flight");
  const other = admission.admit("ann", 40);
  expect(() => admission.admit("ann", 0)).toThrow("2 writes of yours");
  admission.admit("bob", 1000);
  expect(() => admission.admit("bob", 1)).toThrow("in flight");
  done();
  done();
  expect(() => admission.admit("ann", 61)).toThrow("in flight");
  admission.admit("ann", 60)();
  other();
  admission.admit("ann", 100);
});
