import type { LoadAnswer, MutationAnswer } from "@omnigraph/wire";
import type { LoadInput, LoadOptions, MutateOptions, Parameters } from "../api/graph.ts";
import type { Branches } from "../branches/branches.ts";
import { checkArgument, optionsOf, parametersOf } from "../calls/check.ts";
import { LOAD_INPUT, TEXT } from "../calls/kinds.ts";
import type { CompiledQueries } from "../open/compiled-queries.ts";
import type { GraphContext } from "../open/context.ts";
import { load } from "./load.ts";
import { mutate } from "./mutation.ts";

/** The writes of an open graph, with unchecked arguments. */
export class Writes {
  readonly #context: GraphContext;
  readonly #branches: Branches;
  readonly #queries: CompiledQueries;

  constructor(context: GraphContext, branches: Branches, queries: CompiledQueries) {
    this.#context = context;
    this.#branches = branches;
    this.#queries = queries;
  }

  /** As `Omnigraph.mutate`. */
  async mutate(
    source: string,
    given: Parameters | null | undefined,
    options: MutateOptions | undefined,
  ): Promise<MutationAnswer> {
    checkArgument("mutate", "source", source, TEXT);
    const parameters = parametersOf("mutate", given);
    const asked = optionsOf("mutate", options);
    return this.#context.calls.run("mutate", asked, (signal, permitTypes) => {
      const all = { ...asked, source, parameters, signal, permitTypes };
      return mutate(this.#context, this.#branches, this.#queries, all);
    });
  }

  /** As `Omnigraph.load`. */
  async load(input: LoadInput, options: LoadOptions): Promise<LoadAnswer> {
    checkArgument("load", "input", input, LOAD_INPUT);
    const asked = optionsOf("load", options);
    return this.#context.calls.run("load", asked, (signal, permitTypes) =>
      load(this.#context, this.#branches, input, { ...asked, signal, permitTypes }),
    );
  }
}
