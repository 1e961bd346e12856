import type {
  BranchLog,
  CommitDraft,
  CommitRecord,
  GraphLog,
  Intent,
  NewBranch,
  WriteRequest,
  WriteResult,
} from "@omnigraph/log";
import { NOTHING, type ObjectStore, type Reliance } from "@omnigraph/storage";
import { TYPE, writeOf } from "./log-writes.ts";

/** A write with a table of one row: its steps one by one, so that its process can end between any two. */
export class StagedWrite {
  readonly request: WriteRequest;
  readonly #log: GraphLog;
  readonly #branch: BranchLog;
  readonly #store: ObjectStore;
  #base: CommitRecord | null = null;
  #intent: Intent | null = null;
  /** What it says that it relied on; null: nothing. */
  readonly #reliesOn: Reliance | null;
  readonly #makes: NewBranch | null;

  constructor(
    log: GraphLog,
    branch: BranchLog,
    store: ObjectStore,
    {
      reliesOn = null,
      makes = null,
      ...parts
    }: Partial<WriteRequest> & {
      readonly reliesOn?: Reliance | null;
      readonly makes?: NewBranch | null;
    } = {},
  ) {
    this.#makes = makes;
    this.#reliesOn = reliesOn;
    this.#log = log;
    this.#branch = branch;
    this.#store = store;
    this.request = writeOf("staged", { kind: "load", message: "by table", ...parts });
  }

  get intent(): Intent {
    if (this.#intent === null) throw new Error("the write was not begun");
    return this.#intent;
  }

  get base(): CommitRecord {
    if (this.#base === null) throw new Error("the write was not begun");
    return this.#base;
  }

  get tableKey(): string {
    return `tables/${this.intent.staging}/${TYPE}.rows`;
  }

  get draft(): CommitDraft {
    const { staging } = this.intent;
    const entry = { staging, type: TYPE, version: 1, rows: 1, tombstones: 0, columns: {} };
    return {
      ...NOTHING,
      changes: { kind: "layers", layers: [entry], replaced: [] },
      counts: new Map([[TYPE, 1]]),
      commits: true,
      reliesOn: () => this.#reliesOn,
    };
  }

  async begin(): Promise<void> {
    this.#base = await this.#branch.head();
    this.#intent = await this.#log.intents.begin({
      request: this.request,
      branch: this.#branch,
      base: this.#base,
      makes: this.#makes,
    });
  }

  async writeTable(): Promise<void> {
    await this.#store.put(this.tableKey, Buffer.from("a row"));
  }

  async stage(): Promise<void> {
    await this.intent.staged(this.draft);
  }

  publish(): Promise<WriteResult> {
    return this.#log.writer(this.#branch).submit(this.request, { base: this.base, draft: this.draft });
  }

  /** As a write does whose outcome is unknown. */
  async leave(): Promise<void> {
    await this.#intent?.abandon();
  }

  /** The steps up to one, which is included. */
  async upTo(step: "begun" | "table" | "staged" | "published"): Promise<void> {
    await this.begin();
    if (step === "begun") return;
    await this.writeTable();
    if (step === "table") return;
    await this.stage();
    if (step === "published") await this.publish();
  }
}
