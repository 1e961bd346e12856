import { MemoryPool, openView, type Tuning, type View } from "@omnigraph/engine";
import type { Catalog, EntityType } from "@omnigraph/language";
import type { LayerReader, RowBatch } from "@omnigraph/storage";
import { MemoryLayer } from "../support/stores/memory-layer.ts";
import { batchOf, changesBetween, type Model, typesOf } from "../support/models/view-model.ts";

/** Makes a layer of rows. */
export type MakeLayer = (type: EntityType, rows: RowBatch) => LayerReader | Promise<LayerReader>;

/** The model as a view that nothing was read of yet. */
export function viewOf(
  catalog: Catalog,
  model: Model,
  budget: MemoryPool,
  as: "layer" | "changes",
  layerOf: MakeLayer = (type, rows) => new MemoryLayer(type, rows),
  tuning: Partial<Tuning> = {},
): View {
  const source = {
    name: as,
    count: (type: string) => rowsOf(catalog, model, type).length,
    pieces: async (id: string) => {
      const type = typeById(catalog, id);
      if (as === "changes") {
        const changes = changesBetween(catalog, new Map(), model, false).filter(
          (change) => change.type === id,
        );
        return [{ kind: "changes" as const, changes }];
      }
      const rows = batchOf(type, [...(model.get(type.name)?.values() ?? [])], false);
      return [{ kind: "layer" as const, reader: await layerOf(type, rows) }];
    },
  };
  return openView(catalog, source, budget, tuning);
}

function typeById(catalog: Catalog, id: string): EntityType {
  const type = typesOf(catalog).find((candidate) => candidate.id === id);
  if (type === undefined) throw new TypeError(`no type ${id}`);
  return type;
}

function rowsOf(catalog: Catalog, model: Model, id: string): readonly unknown[] {
  return [...(model.get(typeById(catalog, id).name)?.values() ?? [])];
}

/** A view with room for nothing: what nobody pins is dropped at once. */
export function starvedView(catalog: Catalog, model: Model): View {
  return viewOf(catalog, model, new MemoryPool(1), "layer");
}

/** Makes all of a view resident. */
export async function warmed(view: View): Promise<View> {
  await view.load(
    typesOf(view.catalog).map((type) => ({
      type,
      columns: new Set(type.properties.map(({ id }) => id)),
      terms: new Set(
        type.properties
          .filter(({ type: { scalar, list } }) => scalar === "String" && !list)
          .map(({ id }) => id),
      ),
      keys: true,
      ids: true,
      out: type.kind === "edge",
      in: type.kind === "edge",
      ends: type.kind === "edge",
    })),
  );
  return view;
}

/** A view of the past, resident, then advanced to the present: everything is read through patches. */
export async function advancedView(
  catalog: Catalog,
  past: Model,
  present: Model,
  budget: MemoryPool,
): Promise<View> {
  const view = await warmed(viewOf(catalog, past, budget, "layer"));
  const counts = new Map(typesOf(catalog).map((type) => [type.id, rowsOf(catalog, present, type.id).length]));
  return view.advance(changesBetween(catalog, past, present, false), counts);
}
