import { createHash } from "node:crypto";
import { type Environment, OmnigraphError } from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import { putContent } from "./content-objects.ts";
import { MISSING_REMEDY } from "./features.ts";
import { schemaKey } from "./make-graph.ts";

/** The schema objects of a graph, each named by the SHA-256 of its bytes. */
export class Schemas {
  readonly #store: ObjectStore;
  readonly #environment: Environment;
  readonly #checkWritable: () => void;

  constructor(store: ObjectStore, environment: Environment, checkWritable: () => void) {
    this.#store = store;
    this.#environment = environment;
    this.#checkWritable = checkWritable;
  }

  /** The bytes of a schema. Throws `object_corrupt` where it is missing or damaged. */
  async read(hash: string, signal?: AbortSignal): Promise<Uint8Array> {
    const bytes = await this.#store.get(schemaKey(hash), signal);
    if (bytes !== null && sha256(bytes) === hash) return bytes;
    const place = this.placeOf(hash);
    throw new OmnigraphError(
      "object_corrupt",
      `the schema ${place} is ${bytes === null ? "missing" : "damaged"}; ${MISSING_REMEDY}`,
      { details: { place } },
    );
  }

  /** Where a schema is, for messages. */
  placeOf(hash: string): string {
    return placeOf(this.#store, schemaKey(hash));
  }

  /** Puts a schema, before a commit names its hash. Answers the hash. Throws `read_only`. */
  async put(bytes: Uint8Array): Promise<string> {
    this.#checkWritable();
    const hash = sha256(bytes);
    await putContent(this.#store, this.#environment, schemaKey(hash), bytes);
    return hash;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
