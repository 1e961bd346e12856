import { beforeEach, describe, expect, it } from "vitest";
import { PLAIN_FILMS } from "../../../../../tests/support/graphs/sample-schemas.ts";
import { BANK_DATA, BANK_SCHEMA, FILM_DATA } from "../../../../../tests/support/graphs/write-fixtures.ts";
import { failureOf, outcome, rowsOf, WriteGraph } from "../../../../../tests/support/graphs/write-graph.ts";

const NB7 = String.raw`[\"NB\",\"7\"]`;
const NB8 = String.raw`[\"NB\",\"8\"]`;
const SB7 = String.raw`[\"SB\",\"7\"]`;

async function bank(): Promise<WriteGraph> {
  const graph = new WriteGraph(BANK_SCHEMA);
  await graph.load(BANK_DATA, "overwrite");
  return graph;
}

async function films(): Promise<WriteGraph> {
  const graph = new WriteGraph(PLAIN_FILMS);
  await graph.load(FILM_DATA, "overwrite");
  return graph;
}

const q = (body: string): string => `query q() { ${body} }`;

/** Runs a mutation that must be refused, and sees to it that nothing changed. */
async function refused(graph: WriteGraph, body: string) {
  const before = await graph.export();
  const failure = await failureOf(graph.mutate(q(body)));
  expect(await graph.export()).toBe(before);
  return failure;
}

describe("inserts", () => {
  let graph: WriteGraph;
  beforeEach(async () => {
    graph = await bank();
  });

  it("an insert replaces the whole entity of a key that exists", async () => {
    const account = (owner: string, rest: string) =>
      `insert Account { bank: "NB", number: 9, owner: "${owner}", balance: 5.5, state: "open" ${rest} }`;
    expect(outcome(await graph.mutate(q(account("Dag", `, email: "d@x"`))))).toEqual([1, 0, true]);
    const draft = await graph.mutate(q(account("Dagny", "")));
    expect(outcome(draft)).toEqual([1, 0, true]);
    const [change] = draft.changes.rows;
    expect(change?.updated).toBe(1);
    const type = graph.type("Account");
    expect(rowsOf(type, change!.before)[0]).toMatchObject({ owner: "Dag", email: "d@x" });
    expect(rowsOf(type, change!.after)[0]).toMatchObject({
      id: '["NB","9"]',
      owner: "Dagny",
      email: null,
      balance: 5.5,
    });
  });

  it("the last of two inserts of one key is taken, and both are counted", async () => {
    const draft = await graph.mutate(
      q('insert Person { ssn: "p9", name: "one" } insert Person { ssn: "p9", name: "two" }'),
    );
    expect(outcome(draft)).toEqual([2, 0, true]);
    expect(rowsOf(graph.type("Person"), draft.changes.rows[0]!.after)).toEqual([
      { id: "p9", ssn: "p9", name: "two" },
    ]);
  });

  it("keyless rows and edges are given ids that ascend", async () => {
    const keyless = await films();
    const draft = await keyless.mutate(q('insert Note { text: "n" } insert Note { text: "n" }'));
    const ids = rowsOf(keyless.type("Note"), draft.changes.rows[0]!.after).map((row) => String(row["id"]));
    expect(ids).toHaveLength(2);
    expect(ids[0]! < ids[1]!).toBe(true);
    for (const id of ids) expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  });

  it("an insert refuses a given id that exists, in the graph or in the same query", async () => {
    const keyless = await films();
    const failure = await refused(keyless, 'insert Note { id: "n1", text: "again" }');
    expect(failure.reason).toBe("key_conflict");
    expect(failure.details).toEqual({
      key_conflict: { entity_kind: "node", type_name: "Note", entity_id: "n1" },
    });
    expect(
      (await refused(keyless, 'insert Note { id: "n7", text: "a" } insert Note { id: "n7", text: "b" }'))
        .reason,
    ).toBe("key_conflict");
  });

  it("an edge may name a node that a later statement inserts", async () => {
    const draft = await graph.mutate(
      q(`insert Holds { from: "p5", to: "${NB8}" } insert Person { ssn: "p5", name: "Eve" }`),
    );
    expect(outcome(draft)).toEqual([1, 1, true]);
  });

  it.each([
    [
      `insert Account { bank: "X", number: 1, owner: "X", balance: 1000000.5, state: "open" }`,
      "value_invalid",
      "balance",
    ],
    [
      `insert Account { bank: "C", number: 1, owner: "C", balance: 1.0, state: "open", code: "no1" }`,
      "value_invalid",
      "code",
    ],
    [
      `insert Account { bank: "C", number: 1, owner: "C", balance: 1.0, state: "open", code: "NO12x" }`,
      "value_invalid",
      "code",
    ],
    [
      `insert Account { bank: "L", number: 1, owner: "L", balance: 1.0, state: "open", limit: 501 }`,
      "value_invalid",
      "limit",
    ],
    [
      `insert Account { bank: "E", number: 1, owner: "E", balance: 1.0, state: "open", email: "ann@example.com" }`,
      "unique_violation",
      "email",
    ],
    [
      `insert Account { bank: "T", number: 1, owner: "T", balance: 1.0, state: "open", country: "NO", tax: "1" }`,
      "unique_violation",
      "country, tax",
    ],
    [`insert Holds { from: "p1", to: "${NB7}" }`, "unique_violation", "src, dst"],
    [`insert Holds { from: "nobody", to: "${NB8}" }`, "endpoint_missing", "from"],
    [`insert Holds { from: "p1", to: "nothing" }`, "endpoint_missing", "to"],
    [
      `insert Holds { from: "p1", to: "${NB8}" } insert Holds { from: "p1", to: "${SB7}" }`,
      "cardinality_violation",
      "from",
    ],
    [`insert Guards { from: "p1", to: "p3" }`, "cardinality_violation", "from"],
    [
      `insert Guards { from: "p2", to: "p3" } insert Guards { from: "p2", to: "p1" }`,
      "cardinality_violation",
      "from",
    ],
  ])("the mutation %s is refused", async (body, reason, property) => {
    const failure = await refused(graph, body);
    expect([failure.reason, failure.details["property"]]).toEqual([reason, property]);
  });

  it("inserts allow what the constraints allow", async () => {
    expect(outcome(await graph.mutate(q(`insert Holds { from: "p1", to: "${SB7}" }`)))).toEqual([0, 1, true]);
    expect(outcome(await graph.mutate(q('insert Guards { from: "p2", to: "p3" }')))).toEqual([0, 1, true]);
    expect(outcome(await graph.mutate(q('insert Person { ssn: "p8", name: "Lone" }')))).toEqual([1, 0, true]);
    const taxless = (number: number) =>
      `insert Account { bank: "Y", number: ${number}, owner: "T", balance: 1.0, state: "open", country: "NO" }`;
    expect(outcome(await graph.mutate(q(`${taxless(1)} ${taxless(2)}`)))).toEqual([2, 0, true]);
  });

  it("the tuple of a row that is replaced or deleted is free", async () => {
    const withEmail = (bankName: string) =>
      `insert Account { bank: "${bankName}", number: 2, owner: "E", balance: 1.0, state: "open", email: "x@example.com" }`;
    await graph.mutate(q(withEmail("X")));
    expect(outcome(await graph.mutate(q(withEmail("X"))))).toEqual([1, 0, true]);
    expect((await refused(graph, withEmail("Z"))).reason).toBe("unique_violation");
    await graph.mutate(q('delete Account where bank = "X"'));
    expect(outcome(await graph.mutate(q(withEmail("Z"))))).toEqual([1, 0, true]);
  });
});

describe("updates", () => {
  it("an update commits when no value changes, without an entry, and not when nothing matches", async () => {
    const graph = await bank();
    const same = await graph.mutate(q('update Account set { balance: 10.5 } where owner = "Ann"'));
    expect(outcome(same)).toEqual([1, 0, true]);
    expect(same.changes.rows).toEqual([]);
    expect(
      outcome(await graph.mutate(q('update Account set { balance: 7.0 } where owner = "Nobody"'))),
    ).toEqual([0, 0, false]);
  });

  it("an update sees what earlier statements did", async () => {
    const graph = await bank();
    const twice = await graph.mutate(
      q('update Person set { name: "x" } where ssn = "p2" update Person set { name: "y" } where name = "x"'),
    );
    expect(outcome(twice)).toEqual([2, 0, true]);
    expect(rowsOf(graph.type("Person"), twice.changes.rows[0]!.after)).toEqual([
      { id: "p2", ssn: "p2", name: "y" },
    ]);
    const inserted = await graph.mutate(
      q('insert Person { ssn: "p9", name: "first" } update Person set { name: "second" } where ssn = "p9"'),
    );
    expect(outcome(inserted)).toEqual([2, 0, true]);
    expect(inserted.changes.rows[0]!.updated).toBe(0);
  });

  it.each([
    ['update Person set { ssn: "p7" } where ssn = "p1"', "key_immutable"],
    [`update Account set { balance: 2000000.0 } where owner = "Ann"`, "value_invalid"],
    [`update Account set { email: "ann@example.com" } where owner = "Bob"`, "unique_violation"],
    [`update Account set { email: "same@x" } where balance >= 0.0`, "unique_violation"],
  ])("the update %s is refused", async (body, reason) => {
    expect((await refused(await bank(), body)).reason).toBe(reason);
  });

  it("an update may assign a key the value that it has", async () => {
    const graph = await bank();
    expect(
      outcome(await graph.mutate(q('update Person set { ssn: "p1", name: "A" } where ssn = "p1"'))),
    ).toEqual([1, 0, true]);
  });

  it.each([
    ["stars != 3", 1],
    ["stars >= 4", 1],
    ["stars < 4", 0],
    ['text = "lost reel"', 1],
    ['text contains "re"', 2],
    ['text starts_with "lost"', 1],
  ])("an update matches notes where %s, never a null", async (where, count) => {
    const graph = await films();
    expect((await graph.mutate(q(`update Note set { text: "t" } where ${where}`))).affectedNodes).toBe(count);
  });

  it.each([
    ["colour = true", 1],
    ['released > date("1960-01-01")', 2],
    ['genre = "noir"', 2],
    ['tags contains "sea"', 2],
    ["budget > 1200000", 2],
    ["gross = 18446744073709551615", 1],
    ['premiere < datetime("1955-01-01T00:00:00Z")', 2],
    ["rating >= 6.25", 3],
  ])("an update matches films where %s", async (where, count) => {
    const graph = await films();
    expect((await graph.mutate(q(`update Film set { minutes: 1 } where ${where}`))).affectedNodes).toBe(
      count,
    );
  });

  it("an update takes null from an optional parameter and refuses it for a required property", async () => {
    const graph = await films();
    const source = (property: string) =>
      `query q($v: String?) { update Film set { ${property}: $v } where slug = "untitled" }`;
    expect((await failureOf(graph.mutate(source("title"), { v: null }))).reason).toBe("value_invalid");
    expect(outcome(await graph.mutate(source("genre"), { v: null }))).toEqual([1, 0, true]);
    expect((await failureOf(graph.mutate(source("genre"), { v: "western" }))).reason).toBe("value_invalid");
  });
});

describe("deletes", () => {
  it("a delete takes the edges of a node along and counts them", async () => {
    const graph = await bank();
    await graph.mutate(q(`insert Holds { from: "p1", to: "${SB7}" }`));
    const draft = await graph.mutate(q('delete Person where ssn = "p1"'));
    expect(outcome(draft)).toEqual([1, 3, true]);
    expect(draft.changes.rows.map(({ before, after }) => [before.length, after.length])).toEqual([
      [1, 0],
      [2, 0],
      [1, 0],
    ]);
    expect(await graph.export(["Person", "Guards"])).toBe(
      '{"type":"Person","data":{"id":"p2","name":"Bob","ssn":"p2"}}\n{"type":"Person","data":{"id":"p3","name":"Cyd","ssn":"p3"}}\n',
    );
  });

  it("a delete counts a self loop once", async () => {
    const graph = await bank();
    await graph.mutate(q('insert Guards { from: "p3", to: "p3" }'));
    expect(outcome(await graph.mutate(q('delete Person where ssn = "p3"')))).toEqual([1, 2, true]);
  });

  it.each([['delete Holds where from = "p2"'], ['delete Account where owner = "Bob"']])(
    "the mutation %s is refused, as it leaves less than the lower bound",
    async (body) => {
      const failure = await refused(await bank(), body);
      expect([failure.reason, failure.details["entity_id"]]).toEqual(["cardinality_violation", "p2"]);
    },
  );

  it("an edge may be replaced within one query", async () => {
    const graph = await bank();
    const draft = await graph.mutate(
      q(`delete Holds where from = "p2" insert Holds { from: "p2", to: "${SB7}" }`),
    );
    expect(outcome(draft)).toEqual([0, 2, true]);
  });

  it("a delete finds edges by their ends and properties", async () => {
    const graph = await films();
    expect(outcome(await graph.mutate(q('delete ActedIn where from = "Tomas Reed"')))).toEqual([0, 2, true]);
    expect(outcome(await graph.mutate(q('delete ActedIn where to = "orbit"')))).toEqual([0, 1, true]);
    expect(outcome(await graph.mutate(q("delete ActedIn where billing = 1")))).toEqual([0, 0, false]);
  });

  it("a delete of what was inserted before comes to nothing, and still commits", async () => {
    const graph = await films();
    const draft = await graph.mutate(q('insert Person { name: "Gone" } delete Person where name = "Gone"'));
    expect(outcome(draft)).toEqual([2, 0, true]);
    expect(draft.changes.rows).toEqual([]);
  });

  it("an entity that is deleted and inserted again is replaced by one update", async () => {
    const graph = await films();
    const draft = await graph.mutate(
      q('delete Note where text = "lost reel" insert Note { id: "n2", text: "found" }'),
    );
    expect(outcome(draft)).toEqual([2, 0, true]);
    expect(draft.changes.rows[0]).toMatchObject({ updated: 1 });
    expect(draft.changes.rows[0]!.after.length).toBe(1);
  });
});
