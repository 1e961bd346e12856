import { given } from "@omnigraph/base";
import {
  type Members,
  type SchemaApplied,
  schemaAppliedOf,
  type SchemaPlan,
  schemaPlanOf,
} from "@omnigraph/wire";
import type { SchemaApplyOptions, SchemaOptions, SchemaPlanOptions } from "omnigraph";
import { namingSource } from "./failures.ts";
import type { GraphCall } from "./graph-call.ts";
import { onMain, placeOf } from "./requests.ts";
import { refuseOptions } from "./served-only.ts";

/** The schema of a graph of a server. */
export class RemoteSchema {
  readonly #call: GraphCall;

  /** @internal */
  constructor(call: GraphCall) {
    this.#call = call;
  }

  /** As `schema.show` of the library. */
  readonly show = async (options: SchemaOptions = {}): Promise<string> => {
    const place = placeOf("schema.show", options);
    return (await this.#call.get("schema.show", ["schema"], {}, { ...place })).text("schema_source");
  };

  /** As `schema.plan` of the library. */
  readonly plan = async (source: string, options: SchemaPlanOptions = {}): Promise<SchemaPlan> => {
    const { branch, allowDataLoss } = options;
    const json = { schema_source: source, ...given({ branch, allow_data_loss: allowDataLoss }) };
    const asked = (): Promise<Members> => this.#call.read("schema.plan", ["schema", "plan"], options, json);
    return schemaPlanOf(await namingSource("schema", options.file, asked), branch ?? "main");
  };

  /** As `schema.apply` of the library, on main. */
  readonly apply = async (source: string, options: SchemaApplyOptions = {}): Promise<SchemaApplied> => {
    const { branch, allowDataLoss, actor, message, ifCommit } = options;
    const call = "schema.apply";
    onMain(call, branch);
    refuseOptions(call, { actor, message, ifCommit });
    const json = { schema_source: source, ...given({ allow_data_loss: allowDataLoss }) };
    const asked = (): Promise<Members> => this.#call.write(call, ["schema", "apply"], options, json);
    return schemaAppliedOf(await namingSource("schema", options.file, asked));
  };
}
