import { beforeEach, describe, expect, it } from "vitest";
import { film, refused } from "../../../../../tests/support/graphs/refused-load.ts";
import { PLAIN_FILMS } from "../../../../../tests/support/graphs/sample-schemas.ts";
import { BANK_DATA, BANK_SCHEMA, FILM_DATA } from "../../../../../tests/support/graphs/write-fixtures.ts";
import { WriteGraph } from "../../../../../tests/support/graphs/write-graph.ts";

let films: WriteGraph;
beforeEach(async () => {
  films = new WriteGraph(PLAIN_FILMS);
  await films.load(FILM_DATA, "overwrite");
});

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
    ["neither a type nor an edge", '{"data":{}}', 1, null, null],
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
  ])("a load with %s is refused with its place", async (_, text, line, type, property) => {
    const { reason, problems } = await refused(films, text);
    expect(reason).toBe("load_invalid");
    expect(problems.map((problem) => [problem.line, problem.type, problem.property])).toEqual([
      [line, type, property],
    ]);
  });

  it("bytes that are no UTF-8 are refused with their line", async () => {
    const text = Buffer.concat([
      Buffer.from('{"type":"Note","data":{"text":"a"}}\n{"type":"Note","data":{"text":"'),
      Buffer.of(0xc3, 0x28),
      Buffer.from('"}}'),
    ]);
    expect((await refused(films, text)).problems.map(({ line }) => line)).toEqual([2]);
  });

  it("all problems are reported, in the order of lines, with what is wrong", async () => {
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

  it("problems are reported up to a limit", async () => {
    const lines = (length: number): string =>
      Array.from({ length }, () => '{"type":"Note","data":{}}').join("\n");
    const told = async (
      length: number,
    ): Promise<readonly [number, string | undefined, string | undefined]> => {
      const { problems, failure } = await refused(films, lines(length));
      const shown = failure.message.split("\n");
      return [problems.length, shown[0], shown.at(-1)];
    };
    const nothing = "nothing was loaded";
    expect(await told(100)).toEqual([100, `the load has 100 problems; ${nothing}`, "- and 80 more"]);
    expect(await told(300)).toEqual([
      100,
      `the load has more than 100 problems; ${nothing}`,
      "- and more than 80 others",
    ]);
    const missing = Array.from(
      { length: 100 },
      (_, i) => `{"edge":"Directed","from":"Ghost${i}","to":"cafe"}`,
    ).join("\n");
    expect((await refused(films, missing)).failure.message).toContain("the load has 100 problems;");
    const more = `${missing}\n{"edge":"Directed","from":"Ghost","to":"cafe"}`;
    expect((await refused(films, more)).failure.message).toContain("the load has more than 100 problems;");
  });

  it.each([
    ['{"type":"Flim","data":{}}', "Did you mean `Film`?"],
    ['{"edge":"Directd","from":"a","to":"b"}', "Did you mean `Directed`?"],
    ['{"type":"Directed","data":{}}', 'it is an edge: {"edge":"Type","from":"id","to":"id","data":{…}}'],
    ['{"edge":"Film","from":"a","to":"b"}', 'it is a node: {"type":"Type","data":{…}}'],
    ['{"type":"Note","text":"a"}', 'put it under data: {"type":"Note",…,"data":{"text":…}}'],
    [
      '{"type":"Note","id":"n1","data":{"id":"n1","text":"a"}}',
      "the id is given twice, beside data and in it",
    ],
    ['{"edge":"Knows","from":"a","to":"b","data":{"id":"k"},"id":"k"}', "the id is given twice"],
    ['{"type":"Note","id":7,"data":{"text":"a"}}', "id is a text"],
    ['{"type":"Note","dta":{"text":"a"}}', "Did you mean `data`?"],
    ['{"type":"Note","from":"a","data":{"text":"a"}}', "only edges have ends"],
    ['{"type":"Note","data":{"text":"a","strs":1}}', "Did you mean `stars`?"],
    ['{"edge":"Directed","data":{"from":"a","to":"b"}}', "the ends stand beside data"],
    ['{"text":"a"}', 'a line is {"type":"Type","data":{…}} or {"edge":"Type"'],
  ])("the message for %s says what was meant", async (text, phrase) => {
    const { failure } = await refused(films, text);
    expect(failure.message).toContain(phrase);
  });
});

describe("ends that do not exist", () => {
  it.each([
    [
      "node Account { bank: String  number: I64  @key(bank, number) } edge Pays: Account -> Account",
      '{"edge":"Pays","from":"NB/7","to":"NB/7"}',
      'ids of Account are texts that hold the JSON array of the key: ["<bank>","<number>"]',
    ],
    [
      "node Day { day: Date @key } edge Next: Day -> Day",
      '{"edge":"Next","from":"2026-01-31","to":"2026-01-31"}',
      "ids of Day are the key in days since 1970-01-01",
    ],
  ])(
    "the message for an end that does not exist says how ids of such a type are written: %s",
    async (schema, text, phrase) => {
      const { failure } = await refused(new WriteGraph(schema), text);
      expect(failure.message).toContain(phrase);
    },
  );
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
  ])("a load with %s is refused with what is missing or too much", async (_, text, expected) => {
    const { reason, problems } = await refused(films, text);
    expect(reason).toBe("load_invalid");
    expect(problems.map((problem) => [problem.line, problem.reason, problem.property])).toEqual(expected);
  });

  it("an append of an id that exists is refused", async () => {
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

  it("a replacement that takes the ends of edges that stay is refused", async () => {
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
  ])("a load that breaks a constraint (%s) is refused", async (_, text, reason, property) => {
    const bank = new WriteGraph(BANK_SCHEMA);
    await bank.load(BANK_DATA, "overwrite");
    const { problems } = await refused(bank, text, "append");
    expect(problems.map((problem) => [problem.line, problem.reason, problem.property])).toEqual([
      [1, reason, property],
    ]);
  });

  it("two lines that claim one tuple are refused", async () => {
    const bank = new WriteGraph(BANK_SCHEMA);
    await bank.load(BANK_DATA, "overwrite");
    const second = account(',"email":"z@z"').replace('"number":1', '"number":2');
    const { problems } = await refused(bank, `${account(',"email":"z@z"')}\n${second}`, "append");
    expect(problems.map((problem) => [problem.line, problem.reason])).toEqual([[2, "unique_violation"]]);
  });
});
