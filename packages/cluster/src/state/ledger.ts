import { isError, OmnigraphError, parseJson, writeJson } from "@omnigraph/base";
import { type Backend, openBackend } from "@omnigraph/storage";
import type { ClusterApprovalJson, ClusterStateJson, ClusterStateObservationsJson } from "@omnigraph/wire";
import { digestOf } from "../digest.ts";
import type { Surroundings } from "../surroundings.ts";

const STATE_KEY = "state.json";
const APPROVALS = "approvals/";

/** A state as it was read or put. */
export interface HeldState {
  readonly state: ClusterStateJson;
  /** What the next conditional put names. */
  readonly version: string;
  /** SHA-256 of its bytes. */
  readonly digest: string;
}

/** What is kept of a cluster in its storage, below `__cluster/`: its state, the contents of what was applied, and approvals. */
export class Ledger {
  readonly storage: string;
  readonly #backend: Backend;
  /** What was read last: most often it is what is there. */
  #last: HeldState | null = null;

  private constructor(storage: string, backend: Backend) {
    this.storage = storage;
    this.#backend = backend;
  }

  /** Nothing is made yet. Errors: as of opening a store. */
  static async open(
    storage: string,
    { environment, s3 }: Surroundings,
    access: "read" | "write",
  ): Promise<Ledger> {
    const options = { writable: access === "write", s3 };
    return new Ledger(storage, await openBackend(`${storage}/__cluster`, environment, options));
  }

  /** For messages. */
  get statePath(): string {
    return `${this.storage}/__cluster/${STATE_KEY}`;
  }

  /** Null where there is none. Errors: `object_corrupt`, `format_newer`. */
  async read(): Promise<HeldState | null> {
    const found = await this.#backend.objects.getVersioned(STATE_KEY);
    if (found === null) return null;
    const digest = digestOf(found.bytes);
    const state = this.#last?.digest === digest ? this.#last.state : await this.#decoded(found.bytes);
    this.#last = { state, version: found.version, digest };
    return this.#last;
  }

  /** Replaces a state that was read; null: makes the first one. Errors: `cluster_conflict` where somebody else did so first. */
  async replace(held: HeldState | null, next: ClusterStateJson): Promise<HeldState> {
    const bytes = new TextEncoder().encode(`${writeJson(next, 2)}\n`);
    const digest = digestOf(bytes);
    let version: string | null = null;
    try {
      version = await this.#backend.objects.putIfMatch(STATE_KEY, bytes, held?.version ?? null);
    } catch (thrown) {
      if (!isError(thrown, "store_transient")) throw thrown;
      const now = await this.read();
      // The put happened, and only its answer was lost.
      if (now?.digest === digest) return now;
      throw thrown;
    }
    if (version !== null) return { state: next, version, digest };
    // Where the network repeats requests, what is there may be one's own.
    const now = await this.read();
    if (now?.digest === digest) return now;
    throw conflict(this.statePath);
  }

  /** Errors: `cluster_conflict` if the state is not the one that was read or put. */
  async confirm(held: HeldState): Promise<void> {
    if ((await this.read())?.digest !== held.digest) throw conflict(this.statePath);
  }

  /** Keeps the content of a query or policy file, by its digest. */
  async putContent(kind: "query" | "policy", path: string, text: string): Promise<void> {
    await this.#backend.objects.put(contentKey(kind, path, digestOf(text)), new TextEncoder().encode(text));
  }

  /** The content of a digest. Errors: `object_corrupt` where it is not there, or is another. */
  async content(kind: "query" | "policy", path: string, digest: string): Promise<string> {
    const key = contentKey(kind, path, digest);
    const bytes = await this.#backend.objects.get(key);
    if (bytes !== null && digestOf(bytes) === digest) return new TextDecoder().decode(bytes);
    const why = bytes === null ? "is not there" : "is not what its name says";
    throw new OmnigraphError(
      "object_corrupt",
      `${this.storage}/__cluster/${key} ${why}; apply the folder of the cluster again after a change to ${path}`,
    );
  }

  async putApproval(approval: ClusterApprovalJson): Promise<void> {
    const bytes = new TextEncoder().encode(`${writeJson(approval, 2)}\n`);
    await this.#backend.objects.put(`${APPROVALS}${approval.id}.json`, bytes);
  }

  /** Every approval that was given, the oldest first. Errors: `object_corrupt`. */
  async approvals(): Promise<readonly ClusterApprovalJson[]> {
    const { SHAPES } = await import("@omnigraph/wire/schemas");
    const found = await this.#backend.objects.list(APPROVALS);
    const read = found.map(async ({ key }) => {
      const bytes = await this.#backend.objects.get(key);
      const parsed = SHAPES.clusterApproval.safeParse(bytes === null ? null : jsonIn(bytes));
      if (parsed.success) return parsed.data;
      throw new OmnigraphError("object_corrupt", `${this.storage}/__cluster/${key} is no approval`);
    });
    return Promise.all(read);
  }

  close(): Promise<void> {
    return this.#backend.objects.close();
  }

  async #decoded(bytes: Uint8Array): Promise<ClusterStateJson> {
    const value = jsonIn(bytes);
    const version = typeof value === "object" && value !== null && "version" in value ? value.version : null;
    if (typeof version === "number" && version > 1)
      throw new OmnigraphError(
        "format_newer",
        `${this.statePath} has version ${version}, and this release knows 1; upgrade omnigraph`,
      );
    const { SHAPES } = await import("@omnigraph/wire/schemas");
    const parsed = SHAPES.clusterState.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const place = issue?.path.map(String).join(".") ?? "";
    throw new OmnigraphError(
      "object_corrupt",
      `${this.statePath} is no state of a cluster: ${place === "" ? "the whole" : place}: ${issue?.message}`,
    );
  }
}

/** What an answer says of a state. */
export function observed(statePath: string, held: HeldState | null): ClusterStateObservationsJson {
  const applied = held?.state.applied_revision;
  return {
    state_path: statePath,
    lock_path: null,
    state_found: held !== null,
    applied_config_digest: applied?.config_digest ?? null,
    applied_revision_id: applied?.id ?? null,
    state_revision: held?.state.state_revision ?? 0,
    state_cas: held === null ? null : `sha256:${held.digest}`,
    resource_count: Object.keys(applied?.resources ?? {}).length,
    locked: false,
    lock_acquired: false,
  };
}

function contentKey(kind: "query" | "policy", path: string, digest: string): string {
  // How a policy is read depends on the end of its name.
  const end = /\.[a-z]+$/.exec(path)?.[0] ?? "";
  return `resources/${kind}/${digest}${end}`;
}

/** Null where the bytes are no JSON: no shape takes it. */
function jsonIn(bytes: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

function conflict(path: string): OmnigraphError {
  return new OmnigraphError(
    "cluster_conflict",
    `another process replaced ${path} meanwhile, so this command stopped; what it had begun, the other one, or the next cluster apply, brings to its end`,
  );
}
