import { join } from "node:path";
import { MemoryObjects } from "@omnigraph/storage";
import {
  type GraphParts,
  ObjectLayers,
  Omnigraph,
  OmnigraphError,
  type Parameters,
  readResolutions,
} from "omnigraph";
import { beforeAll, expect, it } from "vitest";
import { OPTIONS } from "../../../packages/graph/src/calls/options.ts";
import { testFolder } from "../../support/running/folders.ts";
import { BODY, itemGraph, LINE, PUT, READ, SCHEMA } from "./item-graph.ts";
import { methodsOf, ownMethods } from "./methods.ts";

const throwing = (): object =>
  new Proxy(
    {},
    new Proxy(
      {},
      {
        get() {
          return () => {
            throw new Error("a trap");
          };
        },
      },
    ),
  );

/** Values that no caller with types would give, and some that one might. */
const NASTY: readonly (readonly [string, () => unknown])[] = [
  ["null", () => null],
  ["five", () => 5],
  ["an object", () => ({})],
  ["an array", () => []],
  ["an array of objects", () => [{}]],
  ["a symbol", () => Symbol("s")],
  ["NaN", () => Number.NaN],
  ["minus one", () => -1],
  ["a half", () => 0.5],
  ["2^31", () => 2 ** 31],
  ["infinity", () => Infinity],
  ["no text", () => ""],
  ["a long text", () => "x".repeat(10 << 20)],
  ["half a character", () => "\uD800"],
  ["odd characters", () => "a\u0000\u001b\n~@/.."],
  ["__proto__", () => "__proto__"],
  ["true", () => true],
  ["a function", () => () => {}],
  ["an object that throws", throwing],
  ["an array that throws", () => [throwing()]],
  ["a Date", () => new Date(0)],
  ["a Date that is no time", () => new Date(Number.NaN)],
  ["a bigint", () => 5n],
  ["a map", () => new Map()],
  ["a promise", () => Promise.resolve({})],
  ["a class", () => Omnigraph],
];

interface Context {
  readonly graph: Omnigraph;
  readonly first: string;
  readonly folder: string;
}

function partsAt(name: string): GraphParts {
  const objects = new MemoryObjects(name);
  return { objects, tables: new ObjectLayers(objects) };
}

/** Arguments that each call takes, options apart. A call that is missing here is missing in the tests. */
const ARGUMENTS: Readonly<Record<string, (context: Context) => readonly unknown[]>> = {
  init: ({ folder }) => [join(folder, `made-${Math.random()}`)],
  open: ({ folder }) => [join(folder, "absent")],
  initWith: () => [partsAt(`made-${Math.random()}`)],
  openWith: () => [partsAt("absent")],
  as: () => ["bob"],
  close: () => [],
  query: () => [READ, { slug: "a" }],
  explain: () => [READ, { slug: "a" }],
  prepare: () => [READ],
  run: () => [{ slug: "a" }],
  mutate: () => [PUT, { slug: "a", n: 1 }],
  load: () => [LINE],
  export: () => [],
  "blobs.open": () => [BODY],
  "blobs.put": () => [BODY, new Uint8Array(1)],
  "blobs.stream": () => [],
  "tables.adopt": () => ["/nowhere/table.lance"],
  "tables.export": () => ["memory://tables"],
  history: () => ["node", "Item", "a"],
  snapshot: () => [],
  "maintenance.optimize": () => [],
  "maintenance.operation": () => ["nightly"],
  "maintenance.fsck": () => [],
  "maintenance.repair": () => [],
  fsck: ({ folder }) => [join(folder, "absent")],
  repair: ({ folder }) => [join(folder, "absent")],
  "maintenance.cleanup": () => [],
  "recovery.list": () => [],
  "recovery.show": () => ["absent"],
  "recovery.discard": () => ["absent"],
  "recovery.settle": () => [],
  "maintenance.backup": () => [`memory://backup-${Math.random()}`],
  restore: ({ folder }) => [join(folder, "absent"), `memory://restored-${Math.random()}`],
  "schema.show": () => [],
  "schema.catalog": () => [],
  "schema.plan": () => [SCHEMA],
  "schema.apply": () => [SCHEMA],
  "schema.diff": () => ["main", "main"],
  "commits.list": () => [],
  "commits.show": ({ first }) => [first],
  "commits.changes": ({ first }) => [first],
  "commits.page": () => [],
  "commits.revert": ({ first }) => [first],
  "commits.previewRevert": ({ first }) => [first],
  "branches.create": () => [`b${Math.random()}`],
  "branches.list": () => [],
  "branches.merge": () => ["draft"],
  "branches.previewMerge": () => ["draft"],
  "branches.diff": () => ["main", "draft"],
  "branches.delete": () => ["absent"],
  "changes.poll": () => [],
  "changes.baseline": () => [],
};

/** Options without which a call does not get as far as the one that is tried. */
const NEEDED: Readonly<Record<string, object>> = {
  init: { schema: SCHEMA },
  initWith: { schema: SCHEMA },
  load: { mode: "merge" },
  "tables.export": { format: "parquet" },
  "tables.adopt": { type: "Item" },
  "maintenance.cleanup": { keep: 100 },
};

/** The calls that may leave something behind on the graph that they are tried on. */
const WRITES: ReadonlySet<string> = new Set([
  "mutate",
  "load",
  "maintenance.optimize",
  "maintenance.cleanup",
  "maintenance.repair",
  "blobs.put",
  "commits.revert",
  "branches.create",
  "branches.merge",
  "branches.delete",
]);

/** How many of the first arguments of a call are addresses. */
const ADDRESSES: Readonly<Record<string, number>> = {
  init: 1,
  open: 1,
  fsck: 1,
  repair: 1,
  restore: 2,
  "maintenance.backup": 1,
  "tables.export": 1,
  "tables.adopt": 1,
};

/** Calls a method with whatever it is given, and waits for all that it has to say. */
async function call(name: string, { graph }: Context, given: readonly unknown[]): Promise<void> {
  let target: object = graph;
  let method = name;
  if (name in Omnigraph) target = Omnigraph;
  if (name === "close") target = await Omnigraph.init(`memory://closed-${Math.random()}`, { schema: SCHEMA });
  if (name === "run") target = await graph.prepare(READ);
  const [space, inner] = name.split(".");
  if (name === "blobs.stream") {
    target = await graph.blobs.open(BODY);
    method = "stream";
  } else if (inner !== undefined) {
    target = Reflect.get(graph, space ?? "") as object;
    method = inner;
  }
  const answer: unknown = (Reflect.get(target, method) as (...all: unknown[]) => unknown).apply(target, [
    ...given,
  ]);
  if (typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer) {
    for await (const _ of answer as AsyncIterable<unknown>);
    return;
  }
  const done = await answer;
  // That of another actor is the graph itself.
  if (done instanceof Omnigraph && name !== "as") await done.close();
}

/** The failure of a call, or null; one that is not of the library's own kind fails the test, as does a call that does not end. */
async function failureOf(what: string, run: () => Promise<void>): Promise<OmnigraphError | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what}: it does not end`)), 120_000);
  });
  try {
    await Promise.race([run(), late]);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof OmnigraphError)) throw new Error(`${what}: a raw failure`, { cause: thrown });
    expect(thrown.reason, `${what}: ${thrown.message.slice(0, 300)}`).not.toBe("internal");
    return thrown;
  } finally {
    clearTimeout(timer);
  }
}

/** Reads everything that a graph has, by a handle of its own. */
async function readAll(uri: string): Promise<void> {
  await using graph = await Omnigraph.open(uri, { readOnly: true });
  for (const { name } of await graph.branches.list()) {
    await graph.commits.list({ branch: name });
    await graph.snapshot({ branch: name });
    for await (const piece of graph.export({ branch: name })) expect(piece).toBeInstanceOf(Uint8Array);
  }
  let { nextPageToken, cursor } = await graph.changes.poll({ start: "beginning" });
  while (nextPageToken !== null)
    ({ nextPageToken, cursor } = await graph.changes.poll({ pageToken: nextPageToken }));
  expect(cursor).toBeTypeOf("string");
}

/** A text that would be taken for an address, in the folder that the tests stand in. */
const isPath = (name: string, position: number, value: unknown): boolean =>
  position < (ADDRESSES[name] ?? 0) && typeof value === "string" && value.length < 1000;

/** Whatever a caller without types gives on a graph: `uriOf` is told a folder for it, where nothing is yet. */
export function argumentsSuite(uriOf: (folder: string) => string): void {
  const folder = testFolder("arguments");
  let context: Context;
  beforeAll(async () => {
    context = { ...(await itemGraph(uriOf(folder))), folder };
  });

  it("every method and every option has a case", () => {
    const ofAddresses = ownMethods(Object.getPrototypeOf(Omnigraph) as object);
    const all = [...ownMethods(Omnigraph), ...ofAddresses, ...methodsOf(context.graph)];
    expect(all.toSorted()).toEqual(Object.keys(ARGUMENTS).toSorted());
    for (const name of Object.keys(OPTIONS)) expect(ARGUMENTS).toHaveProperty([name]);
  });

  it.each(Object.keys(ARGUMENTS))(
    "%s answers, or says what is wrong with it, and the graph stays readable",
    async (name) => {
      const argumentsOf = (): readonly unknown[] => ARGUMENTS[name]?.(context) ?? [];
      const needed = NEEDED[name] ?? {};
      const members = Object.keys(OPTIONS[name as keyof typeof OPTIONS] ?? {});
      for (const [what, value] of NASTY) {
        for (let position = 0; position <= argumentsOf().length; position++) {
          const nasty = value();
          if (isPath(name, position, nasty)) continue;
          const given = [...argumentsOf(), needed];
          given[position] = nasty;
          await failureOf(`${name}, ${what} at ${position}`, () => call(name, context, given));
        }
        for (const member of members) {
          const isList = ["kinds", "types", "ops", "branches"].includes(member);
          for (const nasty of [value(), ...(isList ? [[value()]] : [])]) {
            const given = [...argumentsOf(), { ...needed, [member]: nasty }];
            await failureOf(`${name}, ${what} as ${member}`, () => call(name, context, given));
          }
        }
      }
      if (WRITES.has(name)) await readAll(uriOf(folder));
    },
  );

  it("a parameter of any type answers, or says what is wrong with it", async () => {
    const { graph } = context;
    const prepared = await graph.prepare(READ);
    const staleness = { maxStalenessMs: Infinity };
    for (const [what, value] of NASTY) {
      // Cast: what a caller without types gives.
      const run = (given: unknown): Promise<unknown> => prepared.run(given as Parameters, staleness);
      await failureOf(`${what} as parameters`, async () => void (await run(value())));
      await failureOf(`${what} as $slug`, async () => void (await run({ slug: value() })));
      for (const name of ["slug", "n", "f", "b", "day", "at", "words", "v", "unknown"]) {
        for (const given of [value(), [value()]]) {
          for (const op of [{}, { op: `${what}-${name}-${Math.random()}` }]) {
            const parameters = { slug: "a", [name]: given };
            await failureOf(
              `${what} as $${name}`,
              async () => void (await graph.mutate(PUT, parameters, op)),
            );
          }
          await failureOf(
            `${what} as $${name}`,
            async () => void (await graph.query(READ, { [name]: given })),
          );
        }
      }
    }
    await readAll(uriOf(folder));
  });

  it("a piece of a load, or a decision of a merge, answers or says what is wrong with it", async () => {
    const { graph } = context;
    for (const [what, value] of NASTY) {
      const pieces = [[value()], [LINE, value()], [{ type: "Item", data: { slug: "a", f: value() } }]];
      for (const piece of pieces) {
        // Cast: what a caller without types gives.
        const load = (): Promise<unknown> => graph.load(piece as string[], { mode: "merge" });
        await failureOf(`${what} in a load`, async () => void (await load()));
      }
      const decided = { kind: "node", type: "Item", id: "a", properties: { n: { value: value() } } } as const;
      for (const resolutions of [
        value(),
        { entities: value() },
        { entities: [value()] },
        { entities: [decided] },
      ]) {
        const options = { resolutions: resolutions as object };
        await failureOf(
          `${what} in resolutions`,
          async () => void (await graph.branches.merge("draft", options)),
        );
      }
      await failureOf(
        `${what} as the text of resolutions`,
        async () => void (await readResolutions(value() as string)),
      );
    }
    await readAll(uriOf(folder));
  });
}
