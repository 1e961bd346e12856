import { isError } from "@omnigraph/base";
import { loadStream } from "@omnigraph/engine";
import { beforeEach, describe, expect, it } from "vitest";
import {
  BANK_DATA,
  BANK_SCHEMA,
  FILM_DATA,
  FILM_SCHEMA,
} from "../../../../../tests/support/write-fixtures.ts";
import { failureOf, fixedEnvironment, rowsOf, WriteGraph } from "../../../../../tests/support/write-graph.ts";

let films: WriteGraph;
beforeEach(async () => {
  films = new WriteGraph(FILM_SCHEMA);
  await films.load(FILM_DATA, "overwrite");
});

interface Reported {
  readonly line: number | null;
  readonly reason: string;
  readonly message: string;
  readonly type: string | null;
  readonly id: string | null;
  readonly property: string | null;
}

async function refused(
  graph: WriteGraph,
  text: string | Uint8Array,
  mode: "append" | "merge" | "overwrite" = "merge",
) {
  const before = await graph.export();
  const failure = await failureOf(graph.load(text, mode));
  expect(await graph.export()).toBe(before);
  return { reason: failure.reason, failure, problems: failure.details["problems"] as readonly Reported[] };
}

const film = (rest: string): string =>
  `{"type":"Film","data":{"slug":"x","title":"X","minutes":1,"colour":true${rest}}}`;

describe("lines that are refused", () => {
  it.each([
    ["a line cut short", '{"type":"Note","data":{"text":"a"}}\n{"type":"Note",', 2, null, null],
    ["an unknown type", '{"type":"Ghost","data":{}}', 1, null, null],
    ["an unknown edge", '{"edge":"Haunts","from":"a","to":"b"}', 1, null, null],
    ["an unknown property", '{"type":"Note","data":{"text":"a","mood":"grim"}}', 1, "Note", "mood"],
    [
      "a missing required property",
      '{"type":"Film","data":{"slug":"x","title":"X","colour":true}}',
      1,
      "Film",
      "minutes",
    ],
    ["a missing key", '{"type":"Film","data":{"title":"X","minutes":1,"colour":true}}', 1, "Film", "slug"],
    [
      "a null required property",
      '{"type":"Film","data":{"slug":"x","title":null,"minutes":1,"colour":true}}',
      1,
      "Film",
      "title",
    ],
    [
      "text for a number",
      '{"type":"Film","data":{"slug":"x","title":"X","minutes":"long","colour":true}}',
      1,
      "Film",
      "minutes",
    ],
    [
      "a fraction for an integer",
      '{"type":"Film","data":{"slug":"x","title":"X","minutes":1.5,"colour":true}}',
      1,
      "Film",
      "minutes",
    ],
    [
      "an integer out of range",
      '{"type":"Film","data":{"slug":"x","title":"X","minutes":2147483648,"colour":true}}',
      1,
      "Film",
      "minutes",
    ],
    ["a negative unsigned", film(',"votes":-1'), 1, "Film", "votes"],
    ["an unsigned beyond 64 bits", film(',"gross":18446744073709551616'), 1, "Film", "gross"],
    ["a day that no calendar has", film(',"released":"1962-02-30"'), 1, "Film", "released"],
    ["a time that no clock has", film(',"premiere":"1962-02-03T24:00:00Z"'), 1, "Film", "premiere"],
    ["an enum value that is not listed", film(',"genre":"western"'), 1, "Film", "genre"],
    ["text for a list", film(',"tags":"sea"'), 1, "Film", "tags"],
    ["null in a list", film(',"tags":["sea",null]'), 1, "Film", "tags"],
    ["a number in a list of texts", film(',"tags":["sea",1]'), 1, "Film", "tags"],
    ["a vector of another length", film(',"poster":[1,2]'), 1, "Film", "poster"],
    [
      "text for a Bool",
      '{"type":"Film","data":{"slug":"x","title":"X","minutes":1,"colour":"yes"}}',
      1,
      "Film",
      "colour",
    ],
    ["a missing end", '{"edge":"Directed","from":"Zed"}', 1, "Directed", "to"],
    ["an end that is no text", '{"edge":"Directed","from":"Zed","to":7}', 1, "Directed", "to"],
    ["an id that is not the key", film(',"id":"other"'), 1, "Film", "id"],
    [
      "both a type and an edge",
      '{"type":"Film","edge":"Directed","from":"a","to":"b","data":{}}',
      1,
      null,
      null,
    ],
    ["neither", '{"data":{}}', 1, null, null],
    ["an array", "[1,2]", 1, null, null],
    ["an unknown member", '{"type":"Note","data":{"text":"a"},"color":"red"}', 1, "Note", "color"],
    ["ends of a node", '{"type":"Note","from":"a","data":{"text":"a"}}', 1, "Note", "from"],
    ["a reserved name", '{"type":"Note","data":{"text":"a","_rowid":1}}', 1, "Note", "_rowid"],
    ["a member given twice", '{"type":"Note","data":{"text":"a","text":"b"}}', 1, null, null],
    ["data given twice", '{"type":"Note","data":{"text":"a"},"data":{"text":"b"}}', 1, null, null],
    ["NaN", film(',"rating":NaN'), 1, null, null],
    ["a number too large", film(',"rating":1e999'), 1, null, null],
    ["a number with a leading zero", film(',"rating":01.5'), 1, null, null],
    ["a null id", '{"type":"Note","data":{"id":null,"text":"a"}}', 1, "Note", "id"],
    ["half a surrogate pair", String.raw`{"type":"Note","data":{"text":"\ud83d"}}`, 1, "Note", "text"],
    ["a control character in a text", '{"type":"Note","data":{"text":"a\tb"}}', 1, null, null],
    ["something after the line", '{"type":"Note","data":{"text":"a"}} x', 1, null, null],
    ["a text without end", '{"type":"Note","data":{"text":"a\\', 1, null, null],
  ])("%s", async (_, text, line, type, property) => {
    const { reason, problems } = await refused(films, text);
    expect(reason).toBe("load_invalid");
    expect(problems.map((problem) => [problem.line, problem.type, problem.property])).toEqual([
      [line, type, property],
    ]);
  });

  it("bytes that are no UTF-8", async () => {
    const text = Buffer.concat([
      Buffer.from('{"type":"Note","data":{"text":"a"}}\n{"type":"Note","data":{"text":"'),
      Buffer.of(0xc3, 0x28),
      Buffer.from('"}}'),
    ]);
    expect((await refused(films, text)).problems.map(({ line }) => line)).toEqual([2]);
  });

  it("are all reported, in the order of lines, with what is wrong", async () => {
    const text = [film(',"votes":-1,"genre":"western"'), "", '{"type":"Note","data":{}}', "nonsense"].join(
      "\n",
    );
    const { problems, failure } = await refused(films, text);
    expect(problems.map(({ line, property }) => [line, property])).toEqual([
      [1, "votes"],
      [1, "genre"],
      [3, "text"],
      [4, null],
    ]);
    expect(failure.message).toContain("line 1: Film: votes: -1 is out of range for U32");
    expect(failure.message).toContain(
      'line 4: not JSON, column 1: "nonsense" stands where a value is expected',
    );
  });

  it("are reported up to a limit", async () => {
    const { problems } = await refused(
      films,
      Array.from({ length: 300 }, () => '{"type":"Note","data":{}}').join("\n"),
    );
    expect(problems).toHaveLength(100);
  });
});

describe("files that are refused", () => {
  it.each([
    [
      "a missing end",
      '{"edge":"Directed","from":"Zed","to":"cafe"}\n{"edge":"Directed","from":"Ghost","to":"low-tide"}',
      [[2, "endpoint_missing", "from"]],
    ],
    [
      "an end of another type",
      '{"edge":"Directed","from":"low-tide","to":"Zed"}',
      [
        [1, "endpoint_missing", "from"],
        [1, "endpoint_missing", "to"],
      ],
    ],
    ["an id given twice", `${film("")}\n${film("")}`, [[2, "value_invalid", "id"]]],
    [
      "too many edges",
      '{"edge":"MadeBy","from":"low-tide","to":"SOUTH"}',
      [[1, "cardinality_violation", "from"]],
    ],
  ])("%s", async (_, text, expected) => {
    const { reason, problems } = await refused(films, text);
    expect(reason).toBe("load_invalid");
    expect(problems.map((problem) => [problem.line, problem.reason, problem.property])).toEqual(expected);
  });

  it("an id that exists, when it is appended", async () => {
    const { reason, failure } = await refused(
      films,
      '{"type":"Note","data":{"id":"n9","text":"x"}}\n{"type":"Note","data":{"id":"n1","text":"x"}}',
      "append",
    );
    expect(reason).toBe("key_conflict");
    expect(failure.details).toMatchObject({
      key_conflict: { entity_kind: "node", type_name: "Note", entity_id: "n1" },
      problems: [{ line: 2 }],
    });
  });

  it("a replacement that takes the ends of edges that stay", async () => {
    const { problems } = await refused(films, '{"type":"Studio","data":{"code":"NORTH"}}', "overwrite");
    expect(
      problems.map(({ line, type, property, message }) => [
        line,
        type,
        property,
        message.includes('Studio "SOUTH"'),
      ]),
    ).toEqual([[null, "MadeBy", "to", true]]);
  });

  const account = (rest: string): string =>
    `{"type":"Account","data":{"bank":"U","number":1,"owner":"Z","balance":1,"state":"open"${rest}}}`;
  it.each([
    [
      "key",
      '{"type":"Account","data":{"bank":"NB","number":7,"owner":"Z","balance":1,"state":"open"}}',
      "key_conflict",
      "id",
    ],
    ["unique", account(',"email":"ann@example.com"'), "unique_violation", "email"],
    ["composite unique", account(',"country":"NO","tax":"1"'), "unique_violation", "country, tax"],
    [
      "range",
      '{"type":"Account","data":{"bank":"U","number":1,"owner":"Z","balance":-1,"state":"open"}}',
      "value_invalid",
      "balance",
    ],
    ["check", account(',"code":"x"'), "value_invalid", "code"],
    ["cardinality", '{"edge":"Guards","from":"p1","to":"p3"}', "cardinality_violation", "from"],
    ["unique ends", '{"edge":"Holds","from":"p1","to":"[\\"NB\\",\\"7\\"]"}', "unique_violation", "src, dst"],
  ])("%s", async (_, text, reason, property) => {
    const bank = new WriteGraph(BANK_SCHEMA);
    await bank.load(BANK_DATA, "overwrite");
    const { problems } = await refused(bank, text, "append");
    expect(problems.map((problem) => [problem.line, problem.reason, problem.property])).toEqual([
      [1, reason, property],
    ]);
  });

  it("two lines that claim one tuple", async () => {
    const bank = new WriteGraph(BANK_SCHEMA);
    await bank.load(BANK_DATA, "overwrite");
    const second = account(',"email":"z@z"').replace('"number":1', '"number":2');
    const { problems } = await refused(bank, `${account(',"email":"z@z"')}\n${second}`, "append");
    expect(problems.map((problem) => [problem.line, problem.reason])).toEqual([[2, "unique_violation"]]);
  });
});

describe("modes", () => {
  const low =
    '{"type":"Film","data":{"slug":"low-tide","title":"Cut","minutes":90,"colour":true}}\n{"type":"Film","data":{"slug":"extra","title":"Extra","minutes":2,"colour":true}}';

  it("merge replaces whole rows and inserts the others", async () => {
    const { changes, loaded, commits } = await films.load(low, "merge");
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

  it("merging what is there changes nothing, and commits", async () => {
    await films.load(low, "merge");
    const again = await films.load(low, "merge");
    expect([again.commits, again.changes]).toEqual([true, []]);
  });

  it("overwrite replaces the types that occur, and no other", async () => {
    const { changes } = await films.load('{"type":"Note","data":{"text":"only one now"}}', "overwrite");
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
    expect([commits, changes, loaded]).toEqual([true, [], []]);
  });

  it("a large delta becomes layers, one a type, whole where a type is replaced", async () => {
    const input = [new TextEncoder().encode(`${low}\n{"edge":"Directed","from":"Zed","to":"extra"}`)];
    const options = { inlineRows: 1 };
    const merged = await loadStream(input, "merge", films.view, fixedEnvironment(), options);
    expect(merged.layers?.map(({ type, rows, gone }) => [type.name, rows.length, gone])).toEqual([
      ["Film", 2, null],
      ["Directed", 1, null],
    ]);
    expect(merged.replaced).toEqual([]);
    const notes = [
      new TextEncoder().encode(
        '{"type":"Note","data":{"id":"n1","text":"restored print","stars":4}}\n{"type":"Note","data":{"text":"b"}}',
      ),
    ];
    const replaced = await loadStream(notes, "overwrite", films.view, fixedEnvironment(), options);
    expect(replaced.layers?.map(({ type, rows, gone }) => [type.name, rows.length, gone])).toEqual([
      ["Note", 2, null],
    ]);
    expect(replaced.replaced).toEqual([films.type("Note").id]);
    expect(replaced.changes[0]).toMatchObject({ updated: 0 });
    expect(replaced.changes[0]?.after.length).toBe(1);
  });
});

describe("reading", () => {
  it("takes pieces of any size, and every spelling of JSON", async () => {
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
      const graph = new WriteGraph(FILM_SCHEMA);
      await graph.load(FILM_DATA, "overwrite");
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      graph.apply(await loadStream(pieces, "append", graph.view, graph.environment));
      exports.push(await graph.export(["Note", "Directed", "Film"]));
    }
    expect(new Set(exports).size).toBe(1);
    expect(exports[0]).toContain('"text":"a\\n"');
    expect(exports[0]).toContain('"gross":18446744073709551615');
    expect(exports[0]).toContain(
      '"premiere":86400000,"rating":-150,"released":0,"score32":null,"scores":[1,2]',
    );
  });

  it("tells how far it is, and stops when asked", async () => {
    const seen: (readonly [number, number])[] = [];
    const line = new TextEncoder().encode('{"type":"Note","data":{"text":"a"}}\n');
    await loadStream([line, line], "append", films.view, films.environment, {
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
    await expect(
      loadStream(endless, "append", films.view, films.environment, { signal: stop.signal }),
    ).rejects.toSatisfy((error) => isError(error, "aborted"));
  });
});

describe("export", () => {
  it("loads again to an equal graph", async () => {
    const text = await films.export();
    const copy = new WriteGraph(FILM_SCHEMA, 2);
    await copy.load(text, "append");
    expect(await copy.export()).toBe(text);
  });

  it("writes nodes, then edges, types by name and entities by id", async () => {
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

  it("keeps to the types asked for", async () => {
    expect((await films.export(["Follows", "Note"])).split("\n").map((line) => line.slice(0, 15))).toEqual([
      '{"type":"Note",',
      '{"type":"Note",',
      '{"edge":"Follow',
      "",
    ]);
    expect((await failureOf(films.export(["Ghost"]))).reason).toBe("type_not_found");
  });
});

describe("blobs", () => {
  const schema = "node Doc { slug: String @key  body: Blob? }";
  const line = (body: string): string => JSON.stringify({ type: "Doc", data: { slug: "a", body } });

  it("are content in base64, and leave as they came", async () => {
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
    "are refused as %s",
    async (body) => {
      const { problems } = await refused(new WriteGraph(schema), line(body));
      expect(problems.map(({ reason, property }) => [reason, property])).toEqual([["value_invalid", "body"]]);
    },
  );
});
