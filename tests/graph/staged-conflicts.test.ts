import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";

const SCHEMA = `node Person { name: String @key  age: I32? }
node Item { key: String @key }
edge Owns: Person -> Item @card(0..2)
`;
const BIRTHDAY = "query q($n: String, $a: I32) { update Person set { age: $a } where name = $n }";
const people = (...names: string[]): string =>
  names.map((name) => JSON.stringify({ type: "Person", data: { name, age: 1 } })).join("\n");
const items = (...keys: string[]): string =>
  keys.map((key) => JSON.stringify({ type: "Item", data: { key } })).join("\n");

describe("a write that comes after a load staged by another handle", () => {
  const folder = testFolder("staged-conflicts");
  let graphs = 0;
  let own: Omnigraph;
  let other: Omnigraph;
  beforeEach(async () => {
    const uri = join(folder, `g-${++graphs}.omni`);
    own = await Omnigraph.init(uri, { schema: SCHEMA });
    await own.load(`${people("Ann", "Bob")}\n${items("a")}`, { mode: "append" });
    // Every load of the other handle is staged as tables; the first handle does not look before it writes.
    other = await Omnigraph.open(uri, { inlineRows: 0 });
  });
  afterEach(async () => {
    await own.close();
    await other.close();
  });

  const age = async (name: string): Promise<unknown> =>
    (await own.query(`query q() { match { $p: Person { name: "${name}" } } return { $p.age as age } }`))
      .rows[0]?.["age"];

  it("a write steps past a load that added rows of another type", async () => {
    await other.load(items("b", "c"), { mode: "append" });
    await own.mutate(BIRTHDAY, { n: "Ann", a: 40 });
    expect(await age("Ann")).toBe(40);
    expect((await own.commits.list()).map(({ kind }) => kind)).toEqual([
      "mutation",
      "load",
      "load",
      "genesis",
    ]);
  });

  it("a write steps past a load that added rows of its type that its condition does not match", async () => {
    await other.load(people("Cyd"), { mode: "append" });
    await own.mutate(BIRTHDAY, { n: "Ann", a: 40 });
    expect(await age("Ann")).toBe(40);
    expect(await age("Cyd")).toBe(1);
  });

  it("a write is refused when a load replaced the row that it updates, and nothing is lost", async () => {
    await other.load(`{"type":"Person","data":{"name":"Ann","age":2}}`, { mode: "merge" });
    await expect(own.mutate(BIRTHDAY, { n: "Ann", a: 40 })).rejects.toMatchObject({
      reason: "read_set_conflict",
    });
    expect(await age("Ann")).toBe(2);
  });

  it("an insert is evaluated again, and then sees what the load did", async () => {
    await other.load(
      `${items("b", "c")}\n{"edge":"Owns","from":"Ann","to":"a"}\n{"edge":"Owns","from":"Ann","to":"b"}`,
      {
        mode: "append",
      },
    );
    const third = own.mutate('query q() { insert Owns { from: "Ann", to: "c" } }');
    await expect(third).rejects.toMatchObject({ reason: "cardinality_violation" });
  });
});
