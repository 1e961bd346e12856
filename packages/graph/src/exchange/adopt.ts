import { posix } from "node:path";
import { isError, OmnigraphError, systemEnvironment } from "@omnigraph/base";
import { chosenTypes, evaluateLoad, ForeignReader, isReadFor, type LoadFile } from "@omnigraph/engine";
import type { Catalog, EntityType } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import { type ForeignTable, openBackend } from "@omnigraph/storage";
import type { LoadAnswer } from "@omnigraph/wire";
import type { AdoptOptions } from "../api/exchange.ts";
import type { Authored } from "../branches/branch-writes.ts";
import type { Branches, Target } from "../branches/branches.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import { digestOf } from "../calls/digest.ts";
import { summaryOf } from "../history/summary.ts";
import { authorOf, type GraphContext } from "../open/context.ts";
import { processSettings } from "../open/settings.ts";
import { schemaChanged } from "../write/load-input.ts";

type Asked = AdoptOptions & { readonly signal: AbortSignal; readonly permitTypes: PermitTypes };

const EXTENSION = ".lance";

/** As `Tables.adopt`. */
export async function adopt(
  context: GraphContext,
  branches: Branches,
  address: string,
  options: Asked,
): Promise<LoadAnswer> {
  const { branch = "main" } = options;
  const authored = { ...options, actor: authorOf(context, options) };
  const { result } = await branches.into(branch, authored, (target) =>
    adoptInto(context, address, target, authored),
  );
  const { file, commit } = result;
  const counted = (kind: "node" | "edge"): LoadAnswer["nodes"] =>
    file.types
      .filter(({ plan }) => plan.type.kind === kind)
      .map(({ plan, rows: { length } }) => ({ name: plan.type.name, entities: length }));
  return {
    branch,
    branchCreated: false,
    mode: "append",
    nodes: counted("node"),
    edges: counted("edge"),
    timesCut: file.timesCut,
    commit: summaryOf(commit),
  };
}

async function adoptInto(
  context: GraphContext,
  address: string,
  { writes, start }: Target,
  { type: name, version, permitTypes, ...options }: Omit<Asked, "actor"> & Pick<Authored, "actor">,
): Promise<{ readonly file: LoadFile; readonly commit: CommitRecord }> {
  const { signal } = options;
  const { catalog } = start.view;
  const type = chosenTypes(catalog, [name])[0]!;
  if (permitTypes !== undefined)
    await permitTypes({ reads: type.kind === "edge" ? [type.from, type.to] : [], changes: [type] });
  const read = await opened(address, version ?? null, (table) =>
    rowsOf(table, catalog, type, context, signal),
  );
  const content = (): string => digestOf("adopt", address, type.name, String(read.version));
  const { inlineRows } = context;
  const request = writes.request("load", options, content, async (view) => {
    if (!isReadFor(read.file, view.catalog)) throw schemaChanged("tables.adopt");
    return evaluateLoad(read.file, "append", view, { inlineRows, signal });
  });
  const { commit } = await writes.submitLarge(request);
  if (commit === null) throw new OmnigraphError("internal", "invariant broken: an adoption without a commit");
  return { file: read.file, commit };
}

async function rowsOf(
  table: ForeignTable,
  catalog: Catalog,
  type: EntityType,
  { environment, externalBlobs }: GraphContext,
  signal: AbortSignal,
): Promise<{ readonly file: LoadFile; readonly version: number }> {
  const reader = new ForeignReader(catalog, type, table.fields, externalBlobs);
  for await (const rows of table.scan(reader.columns)) {
    signal.throwIfAborted();
    reader.add(rows);
    if (reader.isFull) break;
  }
  return { file: await reader.finish(environment, signal), version: table.version };
}

/** Errors: `store_uri_invalid`, `load_invalid` where there is no table, or not that version of it. */
async function opened<T>(
  address: string,
  version: number | null,
  use: (table: ForeignTable) => Promise<T>,
): Promise<T> {
  const whole = address.replace(/\/+$/, "");
  const [folder, name] = [posix.dirname(whole), posix.basename(whole)];
  if (!name.endsWith(EXTENSION) || name === EXTENSION) {
    const message = `${address} does not name a Lance table; give the folder of one, whose name ends in ${EXTENSION}`;
    throw new OmnigraphError("store_uri_invalid", message, { details: { uri: address } });
  }
  const { objects, outside } = await openBackend(folder, systemEnvironment, { s3: processSettings().s3 });
  try {
    const table = await outside?.openLance(name.slice(0, -EXTENSION.length), version, use);
    if (table !== undefined && table !== null) return table.result;
  } catch (cause) {
    // To a graph this is damage of a table of its own.
    if (!isError(cause, "table_version_missing") || version === null) throw cause;
    const message = `the Lance table at ${address} has no version ${version} that can be read; nothing was adopted`;
    throw new OmnigraphError("load_invalid", message, { details: { uri: address, version }, cause });
  } finally {
    await objects.close();
  }
  const message = `there is no Lance table at ${address}; nothing was adopted`;
  throw new OmnigraphError("load_invalid", message, { details: { uri: address } });
}
