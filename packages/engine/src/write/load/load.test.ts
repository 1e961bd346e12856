import { isError } from "@omnigraph/base";
import { evaluateLoad, type LoadDraft, type LoadMode, type LoadOptions, readLoad } from "@omnigraph/engine";
import { beforeEach, describe, expect, it } from "vitest";
import { film, refused } from "../../../../../tests/support/graphs/refused-load.ts";
import { PLAIN_FILMS } from "../../../../../tests/support/graphs/sample-schemas.ts";
import { FILM_DATA } from "../../../../../tests/support/graphs/write-fixtures.ts";
import { failureOf, rowsOf, WriteGraph } from "../../../../../tests/support/graphs/write-graph.ts";

/** What a load comes to on a graph, which does not take it. */
async function evaluated(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  mode: LoadMode,
  { view, environment }: Pick<WriteGraph, "view" | "environment">,
  options: LoadOptions = {},
): Promise<LoadDraft> {
  return evaluateLoad(await readLoad(input, view.catalog, environment, options), mode, view, options);
}

let films: WriteGraph;
beforeEach(async () => {
  films = new WriteGraph(PLAIN_FILMS);
  await films.load(FILM_DATA, "overwrite");
});

describe("modes", () => {
  const low =
    '{"type":"Film","data":{"slug":"low-tide","title":"Cut","minutes":90,"colour":true}}\n{"type":"Film","data":{"slug":"extra","title":"Extra","minutes":2,"colour":true}}';

  it("a merge replaces whole rows and inserts the others", async () => {
    const {
      changes: { rows: changes },
      loaded,
      commits,
    } = await films.load(low, "merge");
    expect(loaded.map(({ type, entities }) => [type.name, entities])).toEqual([["Film", 2]]);
    expect([commits, changes.length, changes[0]?.updated]).toEqual([true, 1, 1]);
    expect(
      rowsOf(films.type("Film"), changes[0]!.after).map((row) => [
        row["slug"],
        row["title"],
        row["tags"],
        row["rating"],
      ]),
    ).toEqual([
      ["low-tide", "Cut", null, null],
      ["extra", "Extra", null, null],
    ]);
  });

  it("a merge of what is there changes nothing, and commits", async () => {
    await films.load(low, "merge");
    const again = await films.load(low, "merge");
    expect([again.commits, again.changes.rows]).toEqual([true, []]);
  });

  it("an overwrite replaces the types that occur, and no other", async () => {
    const { rows: changes } = (
      await films.load('{"type":"Note","data":{"text":"only one now"}}', "overwrite")
    ).changes;
    expect([
      changes.length,
      changes[0]?.after.length,
      changes[0]?.before.length,
      changes[0]?.updated,
    ]).toEqual([1, 1, 2, 0]);
    await films.load(
      '{"type":"Studio","data":{"code":"NORTH","city":"Bergen"}}\n{"type":"Studio","data":{"code":"SOUTH"}}',
      "overwrite",
    );
    expect(films.view.count(films.type("Studio"))).toBe(2);
    expect(films.view.count(films.type("Film"))).toBe(5);
  });

  it("an empty file commits", async () => {
    const { commits, changes, loaded } = await films.load("\n \n", "append");
    expect([commits, changes.rows, loaded]).toEqual([true, [], []]);
  });

  it("a large draft becomes tables, one a type, whole where a type is replaced", async () => {
    const input = [new TextEncoder().encode(`${low}\n{"edge":"Directed","from":"Zed","to":"extra"}`)];
    const options = { inlineRows: 1 };
    const merged = await evaluated(input, "merge", films, options);
    expect(
      merged.tables?.layers.map(({ type, rows, tombstones }) => [type.name, rows.length, tombstones]),
    ).toEqual([
      ["Film", 2, null],
      ["Directed", 1, null],
    ]);
    expect(merged.tables?.replaced).toEqual([]);
    const notes = [
      new TextEncoder().encode(
        '{"type":"Note","data":{"id":"n1","text":"restored print","stars":4}}\n{"type":"Note","data":{"text":"b"}}',
      ),
    ];
    const replaced = await evaluated(notes, "overwrite", films, options);
    expect(
      replaced.tables?.layers.map(({ type, rows, tombstones }) => [type.name, rows.length, tombstones]),
    ).toEqual([["Note", 2, null]]);
    expect(replaced.tables?.replaced).toEqual([films.type("Note").id]);
    expect(replaced.changes.rows[0]).toMatchObject({ updated: 0 });
    expect(replaced.changes.rows[0]?.after.length).toBe(1);
  });
});

describe("reading", () => {
  it("an id stands beside data or in it, for both readers of lines", async () => {
    const exports = await Promise.all(
      [
        '{"type":"Note","id":"n7","data":{"text":"x"}}\n{"edge":"Knows","id":"k7","from":"Zed","to":"Zed"}',
        '{"type":"Note","data":{"text":"x"},"id":"n7"}\n{"edge":"Knows","from":"Zed","to":"Zed","data":{},"id":"k7"}',
        '{"id":"n7","type":"Note","data":{"text":"x"}}\n{"id":"k7","edge":"Knows","from":"Zed","to":"Zed"}',
        '{"type":"Note","data":{"id":"n7","text":"x"}}\n{"edge":"Knows","from":"Zed","to":"Zed","data":{"id":"k7"}}',
      ].map(async (text) => {
        const graph = new WriteGraph(PLAIN_FILMS);
        await graph.load(FILM_DATA, "overwrite");
        await graph.load(text, "merge");
        return graph.export(["Note", "Knows"]);
      }),
    );
    expect(exports[0]).toContain('"id":"n7"');
    expect(exports[0]).toContain('"id":"k7"');
    expect(new Set(exports).size).toBe(1);
  });

  it("a load takes pieces of any size, and every spelling of JSON", async () => {
    const odd = [
      "\uFEFF",
      '\t{ "data" : {"text" : "\\u0061\\n"} , "type":"Note" } \r\n',
      '{"edge":"DIRECTED","to":"cafe","from":"Zed"}',
      film(
        ',"released":0,"premiere":86400000,"rating":-1.5e2,"gross":"18446744073709551615","scores":[ 1 , 2 ]',
      ),
    ]
      .join("\n")
      .replace("\uFEFF\n", "\uFEFF");
    const bytes = new TextEncoder().encode(odd);
    const exports: string[] = [];
    for (const size of [1, 3, 7, 64, bytes.length]) {
      const graph = new WriteGraph(PLAIN_FILMS);
      await graph.load(FILM_DATA, "overwrite");
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      graph.apply(await evaluated(pieces, "append", graph));
      exports.push(await graph.export(["Note", "Directed", "Film"]));
    }
    expect(new Set(exports).size).toBe(1);
    expect(exports[0]).toContain('"text":"a\\n"');
    expect(exports[0]).toContain('"gross":18446744073709551615');
    expect(exports[0]).toContain(
      '"premiere":86400000,"rating":-150,"released":0,"score32":null,"scores":[1,2]',
    );
  });

  it("a load tells how far it is, and stops when asked", async () => {
    const seen: (readonly [number, number])[] = [];
    const line = new TextEncoder().encode('{"type":"Note","data":{"text":"a"}}\n');
    await evaluated([line, line], "append", films, {
      onProgress: (bytes, rows) => seen.push([bytes, rows]),
    });
    expect(seen).toEqual([
      [line.length, 1],
      [line.length * 2, 2],
    ]);
    const stop = new AbortController();
    const endless = (function* () {
      for (;;) {
        yield line;
        stop.abort();
      }
    })();
    await expect(evaluated(endless, "append", films, { signal: stop.signal })).rejects.toSatisfy((error) =>
      isError(error, "aborted"),
    );
  });
});

describe("export", () => {
  it("an export loads again to an equal graph", async () => {
    const text = await films.export();
    const copy = new WriteGraph(PLAIN_FILMS, 2);
    await copy.load(text, "append");
    expect(await copy.export()).toBe(text);
  });

  it("an export has nodes, then edges, types by name and entities by id", async () => {
    const lines = (await films.export()).trimEnd().split("\n");
    expect(lines.map((line) => Object.values(JSON.parse(line))[0])).toEqual([
      ...Array<string>(5).fill("Film"),
      ...Array<string>(2).fill("Note"),
      ...Array<string>(4).fill("Person"),
      ...Array<string>(2).fill("Studio"),
      ...Array<string>(3).fill("ActedIn"),
      "Directed",
      "Follows",
      ...Array<string>(2).fill("MadeBy"),
    ]);
    expect(lines[2]).toBe(
      '{"type":"Film","data":{"id":"low-tide","budget":1200000,"colour":false,"genre":"noir","gross":5400000,"minutes":94,"poster":[0.5,-1,0.1],"premiere":-594361800000,"rating":7.5,"released":-6880,"score32":0.1,"scores":[7,8,9],"slug":"low-tide","tags":["sea","harbour"],"title":"Low Tide","votes":1200}}',
    );
    expect(lines[7]).toBe(
      '{"type":"Person","data":{"id":"Bo Lindqvist","alive":true,"born":-7305,"height":null,"name":"Bo Lindqvist","nickname":"Bo \\"the\\" Lens\\\\"}}',
    );
    expect(lines[16]).toMatch(
      /^\{"edge":"Directed","from":"Ines Varga","to":"low-tide","data":\{"id":"[0-9A-Z]{26}"\}\}$/,
    );
  });

  it("an export keeps to the types asked for", async () => {
    expect((await films.export(["Follows", "Note"])).split("\n").map((line) => line.slice(0, 15))).toEqual([
      '{"type":"Note",',
      '{"type":"Note",',
      '{"edge":"Follow',
      "",
    ]);
    const failure = await failureOf(films.export(["Flim"]));
    expect([failure.reason, failure.message]).toEqual([
      "type_not_found",
      "the schema has no type Flim. Did you mean `Film`?",
    ]);
  });
});

describe("blobs", () => {
  const schema = "node Doc { slug: String @key  body: Blob? }";
  const line = (body: string): string => JSON.stringify({ type: "Doc", data: { slug: "a", body } });

  it("blobs are content in base64, and leave as they came", async () => {
    const graph = new WriteGraph(schema);
    await graph.load(line("base64:aGVsbG8="), "append");
    expect(await graph.export()).toBe(
      '{"type":"Doc","data":{"id":"a","body":"base64:aGVsbG8=","slug":"a"}}\n',
    );
    const update = 'query q($b: Blob) { update Doc set { body: $b } where slug = "a" }';
    await graph.mutate(update, { b: "base64:" });
    expect(await graph.export()).toContain('"body":"base64:"');
    expect((await failureOf(graph.mutate(update, { b: "file:///etc/passwd" }))).reason).toBe("value_invalid");
  });

  it.each(["https://example.com/a.pdf", "base64:!!!", "base64:aGVsbG8"])(
    "a blob is refused as %s",
    async (body) => {
      const { problems } = await refused(new WriteGraph(schema), line(body));
      expect(problems.map(({ reason, property }) => [reason, property])).toEqual([["value_invalid", "body"]]);
    },
  );
});
