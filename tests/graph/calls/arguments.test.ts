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
import { beforeAll, describe, expect, it } from "vitest";
import { OPTIONS } from "../../../packages/graph/src/calls/options.ts";
import { testFolder } from "../../support/folders.ts";

const SCHEMA = `node Item { slug: String @key  n: I64?  f: F64?  b: Bool?  day: Date?  at: DateTime?  words: [String]?  v: Vector(2)? }
edge Next: Item -> Item`;
const READ = "query one($slug: String?) { match { $i: Item { slug: $slug } } return { $i.n } }";
const PUT = `query put($slug: String, $n: I64?, $f: F64?, $b: Bool?, $day: Date?, $at: DateTime?, $words: [String]?, $v: Vector(2)?) {
  update Item set { n: $n, f: $f, b: $b, day: $day, at: $at, words: $words, v: $v } where slug = $slug }`;
const LINE = '{"type":"Item","data":{"slug":"a","n":1}}';

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
  close: () => [],
  query: () => [READ, { slug: "a" }],
  prepare: () => [READ],
  run: () => [{ slug: "a" }],
  mutate: () => [PUT, { slug: "a", n: 1 }],
  load: () => [LINE],
  export: () => [],
  history: () => ["node", "Item", "a"],
  snapshot: () => [],
  "schema.show": () => [],
  "schema.catalog": () => [],
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
};

/** The calls that may leave something behind on the graph that they are tried on. */
const WRITES: ReadonlySet<string> = new Set([
  "mutate",
  "load",
  "commits.revert",
  "branches.create",
  "branches.merge",
  "branches.delete",
]);

/** Every method that a handle, and what hangs on it, has; found in the classes, so that one that is added later is found as well. */
function methodsOf(graph: Omnigraph): readonly string[] {
  const own = (object: object): readonly string[] =>
    Object.getOwnPropertyNames(object).filter(
      (name) => name !== "constructor" && typeof Reflect.get(object, name) === "function",
    );
  const inside = (name: "branches" | "changes" | "commits"): readonly string[] =>
    own(Object.getPrototypeOf(graph[name])).map((method) => `${name}.${method}`);
  const statics = own(Omnigraph).filter((name) => Object.hasOwn(Omnigraph, name));
  return [
    ...statics,
    ...own(Omnigraph.prototype),
    "run",
    ...own(graph.schema).map((method) => `schema.${method}`),
    ...inside("branches"),
    ...inside("changes"),
    ...inside("commits"),
  ];
}

/** Calls a method with whatever it is given, and waits for all that it has to say. */
async function call(name: string, { graph }: Context, given: readonly unknown[]): Promise<void> {
  let target: object = graph;
  let method = name;
  if (Object.hasOwn(Omnigraph, name)) target = Omnigraph;
  if (name === "close") target = await Omnigraph.init(`memory://closed-${Math.random()}`, { schema: SCHEMA });
  if (name === "run") target = await graph.prepare(READ);
  const [space, inner] = name.split(".");
  if (inner !== undefined) {
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
  if (done instanceof Omnigraph) await done.close();
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

const folder = testFolder("arguments");

async function made(uri: string): Promise<Context> {
  const graph = await Omnigraph.init(uri, { schema: SCHEMA, durability: "relaxed" });
  const { commit } = await graph.load(LINE, { mode: "append" });
  await graph.branches.create("draft");
  return { graph, first: commit.id, folder };
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
  (name === "init" || name === "open") && position === 0 && typeof value === "string" && value.length < 1000;

describe.each([
  ["a local folder", () => join(folder, "fuzzed.omni")],
  ["memory", () => "memory://fuzzed"],
])("whatever a caller without types gives, on %s", (_name, uriOf) => {
  let context: Context;
  beforeAll(async () => {
    context = await made(uriOf());
  });

  it("has a case for every method and every option", () => {
    expect(methodsOf(context.graph).toSorted()).toEqual(Object.keys(ARGUMENTS).toSorted());
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
          const isList = ["kinds", "types", "ops"].includes(member);
          for (const nasty of [value(), ...(isList ? [[value()]] : [])]) {
            const given = [...argumentsOf(), { ...needed, [member]: nasty }];
            await failureOf(`${name}, ${what} as ${member}`, () => call(name, context, given));
          }
        }
      }
      if (WRITES.has(name)) await readAll(uriOf());
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
    await readAll(uriOf());
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
    await readAll(uriOf());
  });
});

describe("an argument that is wrong", () => {
  /** Cast: callers without types. */
  const untyped = (value: unknown): never => value as never;

  it("is refused with its name, what was given and what is allowed, before any effect", async () => {
    const { graph } = await made("memory://wrong");
    await using _graph = graph;
    const before = await graph.commits.list();
    const cases: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
      [() => graph.mutate(PUT, {}, untyped({ message: 5 })), /^mutate: message is 5; give text$/],
      [() => graph.mutate(PUT, {}, untyped({ actor: {} })), /^mutate: actor is an object; give text$/],
      [() => graph.mutate(PUT, {}, untyped({ brnach: "x" })), /no option "brnach".*`branch`/],
      [
        () => graph.mutate(PUT, {}, untyped({ zzzzzz: "x" })),
        /no option "zzzzzz". Name an option that exists/,
      ],
      [() => graph.mutate(PUT, untyped([])), /^mutate: parameters is an array; give an object/],
      [() => graph.mutate(untyped(5)), /^mutate: source is 5; give text$/],
      [
        () => graph.load(LINE, untyped(undefined)),
        /^load: mode is missing; give "append", "merge" or "overwrite"$/,
      ],
      [() => graph.load(LINE, untyped({ mode: "Append" })), /^load: mode is "Append"; give "append"/],
      [
        () => graph.load(untyped({ type: "Item" }), { mode: "merge" }),
        /^load: input is an object; give NDJSON as text/,
      ],
      [
        () => graph.load(untyped([5]), { mode: "merge" }),
        /piece 1 of the input is 5; give text, bytes or an object/,
      ],
      [() => graph.branches.create("b", untyped({ actor: 5 })), /^branches.create: actor is 5/],
      [
        () => graph.changes.poll(untyped({ kinds: ["Node"] })),
        /^changes.poll: kinds\[0\] is "Node"; give "node" or "edge"$/,
      ],
      [
        () => graph.changes.poll(untyped({ kinds: "node" })),
        /kinds is "node"; give an array, each item "node"/,
      ],
      [
        () => graph.changes.poll(untyped({ ops: ["insert", "create"] })),
        /ops\[1\] is "create"; give "insert", "update" or "delete"$/,
      ],
      [() => graph.changes.poll(untyped({ start: new Date() })), /start is an object of Date; give "now"/],
      [() => graph.commits.list({ limit: Number.NaN }), /limit is NaN; give a whole number from 0/],
      [() => graph.commits.list({ limit: 1.5 }), /limit is 1.5/],
      [() => graph.commits.page({ limit: -1 }), /limit is -1; give a whole number from 1/],
      [() => graph.query(READ, {}, { deadlineMs: -1 }), /deadlineMs is -1; give a number of milliseconds/],
      [() => graph.query(READ, {}, { maxStalenessMs: Number.NaN }), /maxStalenessMs is NaN/],
      [
        () => graph.query(READ, {}, { at: untyped(5) }),
        /at is 5; give a commit id, a time in ISO 8601, or a Date/,
      ],
      [() => graph.query(READ, {}, untyped(new Date())), /options is an object of Date; give an object/],
      [() => graph.history(untyped("Node"), "Item", "a"), /kind is "Node"; give "node" or "edge"/],
      [
        () => Omnigraph.open("memory://wrong", untyped({ durability: "Durable" })),
        /give "durable" or "relaxed"/,
      ],
      [
        () => Omnigraph.open("memory://wrong", untyped({ readOnly: "true" })),
        /readOnly is "true"; give true or false/,
      ],
      [() => Omnigraph.open(untyped(undefined)), /^open: uri is missing; give text$/],
      [() => Omnigraph.init("memory://w2", untyped(undefined)), /^init: schema is missing; give text$/],
      [
        async () => (await graph.prepare(READ)).run({}, untyped({ nmae: "x" })),
        /run: it has no option "nmae"/,
      ],
    ];
    for (const [run, message] of cases) {
      const error: unknown = await run().then(
        () => expect.fail(`${String(run)} was not refused`),
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ reason: "usage", message: expect.stringMatching(message) });
    }
    await expect(graph.branches.merge("draft", untyped({ strategy: "Ours" }))).rejects.toMatchObject({
      reason: "resolutions_invalid",
      message: 'branches.merge: strategy is "Ours"; give "ours" or "theirs"',
    });
    await expect(graph.query(READ, {}, { branch: "" })).rejects.toMatchObject({
      reason: "branch_name_invalid",
    });
    expect(await graph.commits.list()).toEqual(before);
    expect((await graph.branches.list()).map(({ name }) => name)).toEqual(["draft", "main"]);
  });

  it("is shown cut where it is long", async () => {
    const error: unknown = await Omnigraph.open(
      "memory://wrong",
      untyped({ durability: "x".repeat(10 << 20) }),
    ).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: "usage", message: expect.stringMatching(/^.{0,200}$/) });
  });

  it("is not one where it is undefined, or null for the parameters", async () => {
    const { graph } = await made("memory://absent");
    await using _graph = graph;
    const none = untyped({ branch: undefined, at: undefined, deadlineMs: undefined });
    const answers = [
      await graph.query(READ, null, none),
      await (await graph.prepare(READ)).run(null, none),
      await graph.query(READ, undefined, undefined),
    ];
    for (const { rows } of answers) expect(rows).toEqual([]);
    const add = 'query add() { insert Item { slug: "z" } }';
    expect((await graph.mutate(add, null, untyped({ actor: undefined, op: "once" }))).affectedNodes).toBe(1);
    expect((await graph.mutate(add, {}, { op: "once" })).affectedNodes).toBe(0);
  });

  it("cannot be changed once the call is made: options, parameters and their lists are read at once", async () => {
    const { graph } = await made("memory://changed");
    await using _graph = graph;
    const vector = Float32Array.of(1, 2);
    const words = ["as", "given"];
    const parameters: Record<string, unknown> = { slug: "a", n: 7, words, v: vector };
    const options = { branch: "draft", actor: "ann" };
    const call = graph.mutate(PUT, parameters, options);
    vector.fill(9);
    words.push("later");
    Object.assign(parameters, { slug: "b", n: 8 });
    Object.assign(options, { branch: "main", actor: "bob" });
    expect((await call).commit).toMatchObject({ actor: "ann", branch: "draft" });
    const all = "query all() { match { $i: Item } return { $i.n, $i.words, $i.v } }";
    const { rows } = await graph.query(all, {}, { branch: "draft" });
    expect(rows).toEqual([{ "i.n": 7, "i.words": ["as", "given"], "i.v": [1, 2] }]);
  });
});
