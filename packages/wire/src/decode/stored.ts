import { given } from "@omnigraph/base";
import type { QueryCatalogJson, StoredParameterJson } from "../shapes.generated.ts";
import { PARAMETER_KINDS } from "../words.ts";
import type { Members } from "./members.ts";

export function queryCatalogOf(json: Members): QueryCatalogJson {
  return {
    queries: json.objects("queries").map((query) => ({
      name: query.text("name"),
      mutation: query.flag("mutation"),
      params: query.objects("params").map(parameterOf),
      tool_name: query.text("tool_name"),
      ...given({
        description: query.textOrNull("description") ?? undefined,
        instruction: query.textOrNull("instruction") ?? undefined,
      }),
    })),
  };
}

function parameterOf(json: Members): StoredParameterJson {
  return {
    name: json.text("name"),
    kind: json.oneOf("kind", PARAMETER_KINDS),
    nullable: json.flag("nullable"),
    ...given({
      item_kind: json.has("item_kind") ? json.oneOf("item_kind", PARAMETER_KINDS) : undefined,
      vector_dim: json.countOrNull("vector_dim") ?? undefined,
    }),
  };
}
