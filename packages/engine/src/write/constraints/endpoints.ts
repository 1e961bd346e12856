import type { Steps } from "@omnigraph/base";
import { textAt, idTexts } from "@omnigraph/storage";
import type { Need } from "../../view/view.ts";
import { endKeys } from "../../view/needs.ts";
import { entityName, idForm, type Report } from "../problem.ts";
import { type Candidate } from "./candidate.ts";

/** Key tables of the node types at the ends of changed edges. */
export function endpointNeeds(candidate: Candidate): readonly Need[] {
  return candidate.changes.flatMap((changes) => {
    const type = candidate.typeOf(changes);
    return type.kind === "edge" && changes.after.length > 0 ? endKeys(type) : [];
  });
}

/** Checks in steps that both ends of every edge exist after the write. */
export function* checkingEndpoints(candidate: Candidate, report: Report): Steps<boolean> {
  for (const changes of candidate.changes) {
    const type = candidate.typeOf(changes);
    if (type.kind !== "edge" || changes.after.length === 0) continue;
    const ids = idTexts(changes.after, "id");
    for (const [property, node, key] of [
      ["from", type.from, "src"] as const,
      ["to", type.to, "dst"] as const,
    ]) {
      const ends = idTexts(changes.after, key);
      const exist = yield* candidate.existing(node, ends);
      for (let row = exist.indexOf(0); row >= 0; row = exist.indexOf(0, row + 1)) {
        const id = textAt(ids, row);
        const message = `${type.name}: ${property} names ${entityName(node, textAt(ends, row))}, which does not exist${idForm(node)}`;
        if (!report({ reason: "endpoint_missing", message, type, id, property, row })) return false;
      }
    }
  }
  return true;
}
