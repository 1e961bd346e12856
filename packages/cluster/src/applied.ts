import { OmnigraphError } from "@omnigraph/base";
import type { ClusterStateJson } from "@omnigraph/wire";
import { join } from "node:path";
import { addressOf, parsedAddress } from "./addresses.ts";
import { CLUSTER_FILE, isUri, readCluster, WHOLE } from "./desired/description.ts";
import { readText } from "./desired/files.ts";
import { Ledger } from "./state/ledger.ts";
import { graphUri, incarnationOf } from "./state/roots.ts";
import type { Surroundings } from "./surroundings.ts";

interface File {
  readonly path: string;
  readonly text: string;
}

/** A graph of a deployment. */
interface AppliedGraph {
  readonly id: string;
  readonly uri: string;
  /** Digest of the schema that was applied. */
  readonly schema: string | null;
  readonly policies: readonly File[];
  readonly queries: readonly File[];
  readonly isManaged: true;
}

/** What servers of a cluster serve: what was applied last. */
export interface Deployment {
  readonly id: string;
  readonly graphs: readonly AppliedGraph[];
  /** About the server as a whole. */
  readonly policies: readonly File[];
}

/** The deployments of a cluster, for a server that asks for the latest again and again. */
export class Deployments {
  readonly #ledger: Ledger;
  /** Contents by the digest, kept for the next deployment. */
  #contents: ReadonlyMap<string, Promise<string>> = new Map();
  /** The deployment of the state that was read last. */
  #latest: { readonly digest: string; readonly deployment: Deployment } | null = null;

  private constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** `at` is the folder of a cluster, or its storage: a folder, or another address. Errors: `cluster_invalid`, `file_unreadable`; as of opening a store. */
  static async open(at: string, surroundings: Surroundings): Promise<Deployments> {
    return new Deployments(await Ledger.open(await storageAt(at), surroundings, "read"));
  }

  /** What was applied last. Errors: `cluster_not_applied`, `object_corrupt`, `format_newer`, those of the store. */
  async latest(): Promise<Deployment> {
    const { statePath } = this.#ledger;
    const held = await this.#ledger.read();
    const id = held?.state.applied_revision.id;
    if (held !== null && id != null) {
      if (this.#latest?.digest !== held.digest)
        this.#latest = { digest: held.digest, deployment: await this.#deployment(id, held.state) };
      return this.#latest.deployment;
    }
    throw new OmnigraphError(
      "cluster_not_applied",
      `nothing was applied yet: ${statePath} ${held === null ? "is not there" : "has no revision"}`,
    );
  }

  close(): Promise<void> {
    return this.#ledger.close();
  }

  async #deployment(id: string, state: ClusterStateJson): Promise<Deployment> {
    const resources = Object.entries(state.applied_revision.resources);
    const contents = new Map<string, Promise<string>>();
    const fileOf = async (kind: "query" | "policy", path: string, digest: string): Promise<File> => {
      const key = `${kind} ${path} ${digest}`;
      const text = contents.get(key) ?? this.#contents.get(key) ?? this.#ledger.content(kind, path, digest);
      contents.set(key, text);
      return { path, text: await text };
    };
    const policiesFor = (target: string): Promise<readonly File[]> =>
      Promise.all(
        resources.flatMap(([, { digest, path = "", applies_to: to }]) =>
          to?.includes(target) === true ? [fileOf("policy", path, digest)] : [],
        ),
      );
    const queriesOf = (graph: string): Promise<readonly File[]> => {
      const files = resources.flatMap(([address, { path = "", digest }]): readonly [string, string][] => {
        const parsed = parsedAddress(address);
        return parsed.kind === "query" && parsed.graph === graph ? [[path, digest]] : [];
      });
      // A file has many queries.
      const distinct = new Map(files.map(([path, digest]) => [`${path} ${digest}`, [path, digest] as const]));
      return Promise.all([...distinct.values()].map(([path, digest]) => fileOf("query", path, digest)));
    };
    const ids = resources.flatMap(([address]) => {
      const { kind, graph } = parsedAddress(address);
      return kind === "graph" && graph !== null ? [graph] : [];
    });
    const graphs = await Promise.all(
      ids.map(async (graph): Promise<AppliedGraph> => ({
        id: graph,
        uri: graphUri(this.#ledger.storage, graph, incarnationOf(state, graph)),
        schema: state.applied_revision.resources[addressOf.schema(graph)]?.digest ?? null,
        policies: await policiesFor(addressOf.graph(graph)),
        queries: await queriesOf(graph),
        isManaged: true,
      })),
    );
    const policies = await policiesFor(WHOLE);
    this.#contents = contents;
    return { id, graphs, policies };
  }
}

async function storageAt(at: string): Promise<string> {
  if (isUri(at)) return at.replace(/\/+$/u, "");
  const read = await readText(join(at, CLUSTER_FILE));
  if (read.text !== null) return readCluster(at, read.text).storage;
  if (read.isMissing) return at;
  throw new OmnigraphError("file_unreadable", read.why);
}
