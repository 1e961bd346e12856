import { OmnigraphError, quoted } from "@omnigraph/base";

export function commitNotFound(uri: string, id: string): OmnigraphError {
  return new OmnigraphError("commit_not_found", `the graph at ${uri} has no commit ${quoted(id)}`, {
    details: { commit: id },
  });
}
