import { type Environment, systemEnvironment, ulidFactory } from "@omnigraph/base";
import { MemoryBudget, shareOf } from "../api/memory-budget.ts";
import { compileSchema, decodeSchema, encodeSchema, ulidMint } from "@omnigraph/language";
import { GraphLog, takesOneSync } from "@omnigraph/log";
import { type Backend, beginBackend, type BegunBackend } from "@omnigraph/storage";
import type {
  GraphParts,
  InitOptions,
  InitWithOptions,
  OpenOptions,
  OpenWithOptions,
} from "../api/opening.ts";
import { failureOf } from "../calls/call-limits.ts";
import { Calls } from "../calls/calls.ts";
import { checkArgument, optionsOf } from "../calls/check.ts";
import { PARTS, TEXT } from "../calls/kinds.ts";
import { explained } from "./reclaimed.ts";
import { Catalogs } from "./catalogs.ts";
import { ContentPlaces } from "./content-places.ts";
import type { GraphContext } from "./context.ts";
import { processBudget } from "./process-budget.ts";
import { processSettings } from "./settings.ts";

/** As `Omnigraph.open`. */
export async function openAt(uri: string, options?: OpenOptions): Promise<GraphContext> {
  checkArgument("open", "uri", uri, TEXT);
  const asked = withSettings(optionsOf("open", options));
  return opened(async () => {
    const { backend, proved, budget } = await partsAt(uri, asked, asked.readOnly !== true);
    return closedOnFailure(backend, async () => {
      // Beside the proof, which takes a round trip too; where both fail, what the proof says is told.
      const opening = openedOf({ ...backend, budget }, asked, uri);
      opening.catch(() => undefined);
      await proved;
      const graph = await opening;
      if (!graph.log.readOnly) await backend.noteStore();
      return graph;
    });
  });
}

/** As `Omnigraph.init`. */
export async function initAt(uri: string, options: InitOptions): Promise<GraphContext> {
  checkArgument("init", "uri", uri, TEXT);
  const asked = withSettings(optionsOf("init", options));
  return opened(async () => {
    const schema = encodedSchema(asked, systemEnvironment);
    const { backend, proved, budget } = await partsAt(uri, asked, true);
    return closedOnFailure(backend, async () => {
      await proved;
      const graph = await madeOf({ ...backend, budget }, schema, asked, uri);
      await backend.noteStore();
      return graph;
    });
  });
}

/** As `Omnigraph.openWith`; after an error the caller has to close the parts. */
export async function openWith(parts: GraphParts, options?: OpenWithOptions): Promise<GraphContext> {
  checkArgument("openWith", "parts", parts, PARTS);
  const asked = optionsOf("openWith", options);
  return opened(() => openedOf(parts, asked, parts.objects.uri));
}

/** As `Omnigraph.initWith`; after an error the caller has to close the parts. */
export async function initWith(parts: GraphParts, options: InitWithOptions): Promise<GraphContext> {
  checkArgument("initWith", "parts", parts, PARTS);
  const asked = optionsOf("initWith", options);
  return opened(async () => {
    const schema = encodedSchema(asked, parts.environment ?? systemEnvironment);
    return madeOf(parts, schema, asked, parts.objects.uri);
  });
}

/** Options with what the environment of the process says where they say nothing. Errors: `usage`. */
function withSettings<Options extends OpenOptions>(options: Options): Options {
  const { externalBlobs = processSettings().externalBlobs } = options;
  return { ...options, externalBlobs };
}

/** Runs one of these, and turns any failure into an error that callers know. */
async function opened(opening: () => Promise<GraphContext>): Promise<GraphContext> {
  try {
    return await opening();
  } catch (thrown) {
    throw failureOf(thrown);
  }
}

/** Releases everything that a graph uses. It must not be used afterwards. */
export async function closeGraph({ log, memory, store }: GraphContext): Promise<void> {
  await log.close();
  memory.dropAll();
  await store.close();
}

/** Opens what a graph is kept in, for a call that needs no open graph, and closes it after the call. */
export async function withPartsAt<T>(
  uri: string,
  call: (parts: Backend) => Promise<T>,
  writable = false,
): Promise<T> {
  const { backend } = await partsAt(uri, {}, writable);
  try {
    return await call(backend);
  } finally {
    await backend.objects.close();
  }
}

async function partsAt(
  uri: string,
  { memory }: OpenOptions,
  writable: boolean,
): Promise<BegunBackend & { readonly budget: MemoryBudget }> {
  const settings = processSettings();
  const budget =
    typeof memory === "number" ? new MemoryBudget(memory) : (memory ?? processBudget(settings.memoryBytes));
  const how = { writable, oneSync: takesOneSync, s3: settings.s3 };
  return { ...(await beginBackend(uri, systemEnvironment, how)), budget };
}

async function openedOf(parts: GraphParts, options: OpenWithOptions, uri: string): Promise<GraphContext> {
  const { objects, environment = systemEnvironment } = parts;
  const log = await GraphLog.open(objects, environment, { readOnly: options.readOnly === true });
  return contextOf(parts, log, options, uri);
}

async function madeOf(
  parts: GraphParts,
  schema: Uint8Array,
  options: InitWithOptions,
  uri: string,
): Promise<GraphContext> {
  const { objects, environment = systemEnvironment } = parts;
  const log = await GraphLog.init(objects, environment, {
    schema,
    actor: options.actor ?? null,
    message: null,
    isSameSchema: (found) => decodeSchema(found).source === options.schema,
  });
  return contextOf(parts, log, options, uri);
}

function contextOf(
  { objects, tables, environment = systemEnvironment, budget = processBudget() }: GraphParts,
  log: GraphLog,
  {
    actor,
    durability = "durable",
    inlineRows,
    authorize,
    maintenance = "background",
    onMaintenance,
    externalBlobs = [],
  }: OpenWithOptions,
  uri: string,
): GraphContext {
  return {
    calls: new Calls(uri, environment.clock, actor ?? null, authorize, (error) => explained(log, error)),
    environment,
    store: objects,
    log,
    tables,
    catalogs: new Catalogs(log),
    content: new ContentPlaces(objects, log),
    externalBlobs,
    memory: shareOf(budget),
    durability,
    actor: actor ?? null,
    inlineRows,
    maintenance: log.readOnly ? "off" : maintenance,
    onMaintenance,
    mint: ulidFactory(environment),
  };
}

function encodedSchema(
  { schema, schemaFile = "schema.pg" }: InitWithOptions,
  environment: Environment,
): Uint8Array {
  return encodeSchema(compileSchema({ file: schemaFile, text: schema }, ulidMint(environment)));
}

/** Closes the backend if building the graph on it fails. */
async function closedOnFailure<T>({ objects }: Backend, build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (thrown) {
    await objects.close();
    throw thrown;
  }
}
