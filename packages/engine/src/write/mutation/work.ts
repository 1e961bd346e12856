import { present, type Value, type Values, stampOf } from "@omnigraph/base";
import type { Environment } from "@omnigraph/base";
import type { EntityType, TypeId } from "@omnigraph/language";
import { BlobContents, type ChangeSet, type RowBatch } from "@omnigraph/storage";
import type { Need, View } from "../../view/view.ts";
import type { BlobDoor, ExternalBlobs } from "../blob.ts";
import { IdMinter } from "../generated-ids.ts";
import type { Residency } from "../../view/residency.ts";
import { type ConstantExpr, type Predicate, valueOf } from "./condition.ts";
import { EdgeDrafts } from "./edge-drafts.ts";
import { groupByType, net } from "../../change-set/change-set.ts";

/**
 * The state of a mutation between its statements: the changes so far, the view with these changes, and what was read. The overlay is made only
 * when another statement follows, so that a mutation of one statement needs none.
 */
export class Work {
  readonly minter: IdMinter;
  readonly blobs: BlobDoor;
  readonly residency: Residency;
  readonly predicates: Predicate[] = [];
  readonly edges = new EdgeDrafts();
  readonly matched: { readonly type: TypeId; readonly rows: RowBatch }[] = [];
  readonly deleted: { readonly type: TypeId; readonly rows: RowBatch }[] = [];
  affectedNodes = 0;
  affectedEdges = 0;
  private readonly parameters: Values;
  private readonly now: number;
  private readonly steps: ChangeSet[] = [];
  private current: View;
  private pending: ChangeSet = [];

  constructor(
    view: View,
    parameters: Values,
    environment: Environment,
    residency: Residency,
    external: ExternalBlobs,
  ) {
    this.blobs = { external, contents: new BlobContents() };
    this.current = view;
    this.parameters = parameters;
    this.minter = new IdMinter(environment);
    this.now = Math.floor(stampOf(environment.clock) / 1000);
    this.residency = residency;
  }

  /** The view that the next statement reads. */
  get view(): View {
    if (this.pending.length > 0) {
      this.current = this.current.overlay(this.pending);
      this.pending = [];
    }
    return this.current;
  }

  valueOf(expr: ConstantExpr): Value {
    return valueOf(expr, this.parameters, this.now);
  }

  /** Makes parts resident until the mutation is done. */
  async need(needs: readonly Need[]): Promise<void> {
    await this.residency.hold(this.view, needs);
  }

  /** Records what a statement did. */
  step(changes: ChangeSet): void {
    if (changes.length === 0) return;
    this.current = this.view;
    this.steps.push(changes);
    this.pending = changes;
  }

  count(type: EntityType, rows: number): void {
    if (type.kind === "node") this.affectedNodes += rows;
    else this.affectedEdges += rows;
  }

  /** The net changes of all statements. */
  net(): ChangeSet {
    const { catalog } = this.current;
    return [...groupByType([...this.steps.flat(), ...this.edges.steps()])].flatMap(
      ([id, steps]) => net(present(catalog.typeById.get(id), `type ${id}`), steps) ?? [],
    );
  }
}
