import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import { GraphLog } from "@omnigraph/log";
import { openBackend } from "@omnigraph/storage";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { s3Bucket } from "../support/stores/s3-environment.ts";

const folder = testFolder("words");
const bucket = s3Bucket();

const BACKENDS: readonly (readonly [string, () => string])[] = [
  ["a local folder", () => join(folder, "words.omni")],
  ["memory", () => "memory://words"],
  ["S3", () => `s3://${bucket()}/words.omni`],
];

const SCHEMA = `node Reading { slug: String @key  n: I64?  x: F64?  v: Vector(2)?  at: DateTime? }
edge Next: Reading -> Reading`;

describe.each(BACKENDS)("in a graph in %s", (_name, uriOf) => {
  it("text without a query around it is run, and negative literals are stored, keyed and compared exactly", async () => {
    await using graph = await Omnigraph.init(uriOf(), { schema: SCHEMA });
    const made = await graph.mutate(
      `insert Reading { slug: "least", n: -9223372036854775808, x: -1.5, v: [-1, 0.5] }
       insert Reading { slug: "zero", n: -0, x: -0.0 }
       insert Reading { slug: "one", n: 1, at: now() }
       insert Next { from: "least", to: "one" }`,
    );
    expect(made).toMatchObject({ queryName: "mutation", affectedNodes: 3, affectedEdges: 1 });
    const answer = await graph.query(
      "match { $r: Reading { n: -9223372036854775808 } } return { $r.slug, $r.n, $r.x }",
    );
    expect(answer).toMatchObject({
      queryName: "query",
      rows: [{ "r.slug": "least", "r.n": -9223372036854775808n, "r.x": -1.5 }],
    });
    expect((await graph.query("match { $r: Reading } return { $r.n }", { slug: "a" })).warnings).toEqual([
      "the query declares no parameter `$slug`; what is given for it is ignored",
    ]);
    expect([made.warnings, answer.warnings]).toEqual([[], []]);
    const slugs = async (filter: string): Promise<unknown> =>
      (await graph.query(`match { $r: Reading ${filter} } return { $r.slug } order { $r.slug }`)).rows.map(
        (row) => row["r.slug"],
      );
    expect(await slugs("$r.n > -9223372036854775808")).toEqual(["one", "zero"]);
    expect(await slugs("$r.x = 0")).toEqual(["zero"]);
    expect(await slugs("$r.n = -0")).toEqual(["zero"]);
    const prepared = await graph.prepare("match { $r: Reading $r.x < -0.5 } return { $r.slug as slug }");
    expect([prepared.name, (await prepared.run()).rows]).toEqual(["query", [{ slug: "least" }]]);
  });

  it("a schema of older software whose edges have properties called from and to still opens and is used", async () => {
    const uri = `${uriOf()}.ends`;
    const schema = readFileSync(new URL("../golden/schemas/edge-ends.json", import.meta.url));
    const { objects: store } = await openBackend(uri, systemEnvironment, { writable: true });
    const log = await GraphLog.init(store, systemEnvironment, {
      schema,
      actor: null,
      message: null,
      isSameSchema: () => true,
    });
    await log.close();
    await store.close();
    await using graph = await Omnigraph.open(uri);
    await graph.load(
      `{"type":"Stop","data":{"name":"a"}}
{"type":"Stop","data":{"name":"b"}}
{"edge":"Leg","from":"a","to":"b","data":{"from":"2020-05-01","price":2.5}}`,
      { mode: "append" },
    );
    const legs = await graph.query("match { $a $w:leg $b } return { $a.name, $b.name, $w.from, $w.price }");
    expect(legs.rows).toEqual([{ "a.name": "a", "b.name": "b", "w.from": "2020-05-01", "w.price": 2.5 }]);
    await expect(Omnigraph.init(`${uri}.again`, { schema: await graph.schema.show() })).rejects.toMatchObject(
      {
        reason: "schema_invalid",
        message: expect.stringContaining("S-PROPERTY-END"),
      },
    );
  });

  it("null is found and written as the page of the language says", async () => {
    await using graph = await Omnigraph.init(`${uriOf()}.null`, { schema: SCHEMA });
    await graph.mutate('insert Reading { slug: "a", n: 1 } insert Reading { slug: "b" }');
    const without = "match { $r: Reading not { $r.n = $r.n } } return { $r.slug as slug }";
    const having = "match { $r: Reading $r.n = $r.n } return { $r.slug as slug }";
    expect((await graph.query(without)).rows).toEqual([{ slug: "b" }]);
    expect((await graph.query(having)).rows).toEqual([{ slug: "a" }]);
    await graph.mutate('query unset($n: I64?) { update Reading set { n: $n } where slug = "a" }');
    expect((await graph.query(having)).rows).toEqual([]);
  });
});
