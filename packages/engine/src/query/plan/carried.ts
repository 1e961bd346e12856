import { aggregatedBy, type VariableIndex } from "@omnigraph/language";
import { boundBeside, predicateReads, type Step } from "./spec.ts";

/** The variables that a step reads from its input rows. */
export function readsOfStep(step: Step): readonly VariableIndex[] {
  switch (step.kind) {
    case "guard":
    case "bind":
    case "factor":
      return [];
    case "test":
      return [step.vertex.variable.index];
    case "expand":
      return [step.link.known];
    case "close":
      return [step.link.known, step.link.sought];
    case "filter":
      return predicateReads(step.filter);
    case "anti-join":
    case "optional":
    case "group-join":
      return step.reads;
  }
}

/** The variables that a step binds. */
function bindsOfStep(step: Step): readonly VariableIndex[] {
  switch (step.kind) {
    case "bind":
      return [step.vertex.variable.index];
    case "expand":
    case "close": {
      const beside = boundBeside(step.link.traverse);
      const bound = beside === null ? [] : [beside];
      return step.kind === "expand" ? [...bound, step.link.sought] : bound;
    }
    case "optional":
      return step.binds;
    case "group-join":
      return [step.subquery.variable];
    case "guard":
    case "test":
    case "filter":
    case "factor":
    case "anti-join":
      return [];
  }
}

/**
 * Sets on each step the variables that its rows must carry: those that a later step or the outputs read. `origin` is the slot that numbers the rows of
 * a negated pattern.
 */
export function withCarried(
  steps: readonly Step[],
  readAtEnd: Iterable<VariableIndex>,
  origin: VariableIndex,
): Step[] {
  const needed = new Set(readAtEnd);
  const done: Step[] = [];
  for (const step of steps.toReversed()) {
    const carried = [...needed].toSorted((a, b) => a - b);
    done.push(carrying(step, carried, origin));
    for (const bound of bindsOfStep(step)) needed.delete(bound);
    for (const read of readsOfStep(step)) needed.add(read);
  }
  return done.toReversed();
}

function carrying(step: Step, carried: readonly VariableIndex[], origin: VariableIndex): Step {
  switch (step.kind) {
    case "bind":
    case "expand":
    case "close":
      return { ...step, carried };
    case "factor":
      return { ...step, steps: withCarried(step.steps, [], origin) };
    case "anti-join":
      return { ...step, steps: withCarried(step.steps, [origin], origin) };
    case "optional":
      return { ...step, carried, steps: withCarried(step.steps, [origin, ...step.binds], origin) };
    case "group-join": {
      const aggregated = aggregatedBy(step.subquery);
      return { ...step, carried, steps: withCarried(step.steps, [origin, ...aggregated], origin) };
    }
    case "guard":
    case "test":
    case "filter":
      return step;
  }
}
