import { asJson, NotJson, OmnigraphError } from "@omnigraph/base";
import { Resolutions } from "@omnigraph/engine";
import type { Catalog } from "@omnigraph/language";
import type { MergeResolutions, MergeStrategy, ResolveOptions } from "../api/merge.ts";

/**
 * The decisions of a caller. A strategy in the options has priority over that of the resolutions. Throws `resolutions_invalid` if the resolutions do not
 * match the published schema.
 */
export async function decisionsIn({
  strategy,
  strategyEntity,
  resolutions,
}: ResolveOptions): Promise<MergeResolutions> {
  const given = checkedStrategy(strategy, strategyEntity);
  if (resolutions === undefined) return given ?? {};
  const { parseResolutions } = await import("./resolutions.ts");
  const parsed = parseResolutions(plainly(resolutions));
  if (given === null) return parsed;
  return parsed.entities === undefined ? given : { ...given, entities: parsed.entities };
}

/** Their JSON form, copied, so that the caller cannot change it any more. */
function plainly(resolutions: unknown): unknown {
  try {
    return asJson(resolutions);
  } catch (cause) {
    const why = cause instanceof NotJson ? cause.message : "they throw when they are read";
    throw new OmnigraphError("resolutions_invalid", `the resolutions are not valid: ${why}`, { cause });
  }
}

/** Resolves decisions against a catalog. Throws `resolutions_invalid`. */
export function boundTo(
  catalog: Catalog,
  { strategy, strategyEntity, entities = [] }: MergeResolutions,
): Resolutions {
  const side = strategy ?? strategyEntity;
  const forAll = side === undefined ? null : { side, takesEntities: strategy === undefined };
  return new Resolutions(catalog, forAll, entities);
}

function checkedStrategy(
  strategy: MergeStrategy["strategy"],
  strategyEntity: MergeStrategy["strategyEntity"],
): MergeStrategy | null {
  if (strategy !== undefined && strategyEntity !== undefined)
    throw new OmnigraphError(
      "resolutions_invalid",
      "strategy and strategyEntity exclude each other; give one",
    );
  if (strategy !== undefined) return { strategy };
  return strategyEntity === undefined ? null : { strategyEntity };
}
