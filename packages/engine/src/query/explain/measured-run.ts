import type { Clock } from "@omnigraph/base";
import type { RunWatch } from "../execute.ts";
import type { Ordered } from "../plan/planner.ts";
import type { Step } from "../plan/spec.ts";
import type { QueryResult } from "../result/query-result.ts";
import type { Table } from "../result/table.ts";
import type { Batch, Operator } from "../run/batch.ts";
import { RunContext } from "../run/context.ts";
import type { Sink } from "../sinks/sink.ts";
import type { StepActual, StepRows } from "./plan-step.ts";
import type { Measures } from "./plan-tree.ts";

/** What a watched run took, in all. */
export interface RunTotals {
  /** From the call to the answer. */
  readonly milliseconds: number;
  /** The part of it before the run began: what it needs was read, or the one row looked up. */
  readonly loadMilliseconds: number;
  /** Most bytes of rows under way at a time. */
  readonly memoryBytes: number;
  /** Bytes that were taken on disk for such rows. */
  readonly diskBytes: number;
}

/** Measures a run: puts a stopwatch around each operator and around the sink, and an account into the context. */
export class MeasuredRun implements RunWatch {
  readonly #clock: Clock;
  readonly #began: number;
  readonly #operators = new Map<Step, MeasuredOperator>();
  #loaded: number;
  #ended: number;
  /** How long it took to read the values of the answer. */
  #reading = 0;
  #context: AccountedContext | null = null;
  #sink: MeasuredSink | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#began = clock.monotonicMs();
    this.#loaded = this.#began;
    this.#ended = this.#began;
  }

  context(...given: ConstructorParameters<typeof RunContext>): RunContext {
    this.#loaded = this.#clock.monotonicMs();
    this.#context = new AccountedContext(...given);
    return this.#context;
  }

  operator(step: Step, operator: Operator): Operator {
    const measured = new MeasuredOperator(operator, this.#clock);
    this.#operators.set(step, measured);
    return measured;
  }

  sink(sink: Sink): Sink {
    this.#sink = new MeasuredSink(sink, this.#clock);
    return this.#sink;
  }

  /** Reads every row of the answer, which ends the run; answers how many there are. Errors: `number_overflow`. */
  end(result: QueryResult): number {
    const began = this.#clock.monotonicMs();
    let rows = 0;
    for (const _ of result.iterate()) rows++;
    this.#ended = this.#clock.monotonicMs();
    this.#reading = this.#ended - began;
    return rows;
  }

  totals(): RunTotals {
    return {
      milliseconds: this.#ended - this.#began,
      loadMilliseconds: this.#loaded - this.#began,
      memoryBytes: this.#context?.mostBytes ?? 0,
      diskBytes: this.#context?.spilling?.takenBytes ?? 0,
    };
  }

  /** What the steps of a plan came to, and its answer, which has so many rows. */
  measures({ candidates, steps }: Ordered, answered: number): Measures {
    const actual = new Map<Step, StepActual>();
    this.#settle(candidates ?? [], actual);
    this.#settle(steps, actual);
    const milliseconds = (this.#sink?.milliseconds ?? 0) + this.#reading;
    return {
      ofStep: (step) => actual.get(step) ?? null,
      ofAnswer: { rows: answered, matches: answered, milliseconds },
    };
  }

  /** Takes from the time of each operator that of those from which it pulls; answers the time of the last one. */
  #settle(steps: readonly Step[], actual: Map<Step, StepActual>): number {
    let before = 0;
    for (const step of steps) {
      const within = "steps" in step ? this.#settle(step.steps, actual) : 0;
      const measured = this.#operators.get(step);
      if (measured === undefined) continue;
      const { total, milliseconds } = measured;
      actual.set(step, { ...total, milliseconds: Math.max(0, milliseconds - before - within) });
      before = milliseconds;
    }
    return before;
  }
}

/** An operator with its rows and its time, that of its input included. */
class MeasuredOperator implements Operator {
  readonly #inner: Operator;
  readonly #clock: Clock;
  #rows = 0;
  #matches = 0;
  milliseconds = 0;

  constructor(inner: Operator, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
  }

  get total(): StepRows {
    return { rows: this.#rows, matches: this.#matches };
  }

  next(): Batch | null {
    const began = this.#clock.monotonicMs();
    const batch = this.#inner.next();
    this.milliseconds += this.#clock.monotonicMs() - began;
    if (batch !== null) this.#count(batch);
    return batch;
  }

  reset(): void {
    this.#inner.reset();
  }

  #count({ length, weights }: Batch): void {
    this.#rows += length;
    if (weights === null) this.#matches += length;
    else for (let row = 0; row < length; row++) this.#matches += weights[row]!;
  }
}

/** A sink with its time. */
class MeasuredSink implements Sink {
  readonly #inner: Sink;
  readonly #clock: Clock;
  milliseconds = 0;

  constructor(inner: Sink, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
  }

  accept(batch: Batch): boolean {
    return this.#timed(() => this.#inner.accept(batch));
  }

  finish(): boolean {
    return this.#timed(() => this.#inner.finish());
  }

  table(): Table {
    return this.#timed(() => this.#inner.table());
  }

  #timed<T>(work: () => T): T {
    const began = this.#clock.monotonicMs();
    const done = work();
    this.milliseconds += this.#clock.monotonicMs() - began;
    return done;
  }
}

/** A context that remembers how much was charged at most. */
class AccountedContext extends RunContext {
  mostBytes = 0;
  #charged = 0;

  override charge(bytes: number): void {
    super.charge(bytes);
    this.#charged += bytes;
    this.mostBytes = Math.max(this.mostBytes, this.#charged);
  }
}
