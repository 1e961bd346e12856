import type { StagedTest } from "@omnigraph/log";
import type { ChangeSet, Reliance } from "@omnigraph/storage";
import type { Request } from "./graph-model.ts";
import { endsOf, idsOf, NODE } from "./payload.ts";

/** Whether rows, null: any, touch what a request reads or writes. `ignoreGone` plants a bug: deleted nodes go unnoticed by new edges. */
export function conflictsWithRequest(request: Request, rows: ChangeSet | null, ignoreGone: boolean): boolean {
  if (rows === null || request.kind === "overwrite") return true;
  const written = writtenTokens(rows, ignoreGone);
  return readTokens(request).some((token) => written.has(token));
}

function writtenTokens(rows: ChangeSet, ignoreGone: boolean): ReadonlySet<string> {
  const tokens = new Set<string>();
  for (const { type, after, before, updated } of rows) {
    for (const id of [...idsOf(after), ...idsOf(before)]) tokens.add(`${type}:${id}`);
    if (type !== NODE) for (const end of [...endsOf(after), ...endsOf(before)]) tokens.add(`touch:${end}`);
    else if (!ignoreGone) for (const id of idsOf(before).slice(updated)) tokens.add(`gone:${id}`);
  }
  return tokens;
}

function readTokens(request: Request): readonly string[] {
  switch (request.kind) {
    case "set":
    case "insert":
      return [`${NODE}:${request.key}`];
    case "add":
      return request.keys.map((key) => `${NODE}:${key}`);
    case "connect":
      return [`gone:${request.src}`, `gone:${request.dst}`];
    case "remove":
      return [`${NODE}:${request.key}`, `touch:${request.key}`];
    case "merge":
      return request.entries.map(([key]) => `${NODE}:${key}`);
    case "overwrite":
      return [];
  }
}

/** What a staged request relied on: a merge on the entities that it writes, an overwrite on everything. */
export function relianceOf(request: Request): Reliance | null {
  if (request.kind !== "merge") return null;
  const keys = new Map([[NODE, request.entries.map(([key]) => key)]]);
  return { types: [], keys, nodes: new Map(), merges: false };
}

/** Tests by what staged requests say that they relied on. */
export const STAGED_TEST: StagedTest = {
  rowsOf: async () => null,
  conflictTest:
    async (_base, _changes, { keys }) =>
    (theirs) =>
      theirs.some(({ type, after, before }) =>
        [...idsOf(after), ...idsOf(before)].some((id) => keys.get(type)?.includes(id) === true),
      ),
};
