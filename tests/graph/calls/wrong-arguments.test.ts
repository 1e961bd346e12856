import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { itemGraph, LINE, PUT, READ } from "./item-graph.ts";

describe("an argument that is wrong", () => {
  /** Cast: callers without types. */
  const untyped = (value: unknown): never => value as never;

  it("a wrong argument is refused with its name, what was given and what is allowed, before any effect", async () => {
    const { graph } = await itemGraph("memory://wrong");
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

  it("a wrong argument is shown cut where it is long", async () => {
    const error: unknown = await Omnigraph.open(
      "memory://wrong",
      untyped({ durability: "x".repeat(10 << 20) }),
    ).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: "usage", message: expect.stringMatching(/^.{0,200}$/) });
  });

  it("undefined is no wrong argument, nor is null for the parameters", async () => {
    const { graph } = await itemGraph("memory://absent");
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

  it("an argument cannot be changed once the call is made: options, parameters and their lists are read at once", async () => {
    const { graph } = await itemGraph("memory://changed");
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
