import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import { type ObjectStore, openBackend } from "@omnigraph/storage";
import { type FsckFinding, Omnigraph } from "omnigraph";
import { beforeAll, expect, it } from "vitest";
import { encodePin, pinKey } from "../../../packages/log/src/retention/pin-record.ts";
import { textIn } from "../../support/models/feed-model.ts";
import { SeededRandom } from "../../support/simulation/seeded-random.ts";

const SCHEMA = `node Person { name: String @key  age: I32? @index  tags: [String]?  state: enum(open, closed)  at: Vector(2)? }
node Item { key: String @key  price: F64? }
edge Owns: Person -> Item { since: Date? }
`;
const ADD = 'query q($n: String) { insert Person { name: $n, age: 1, state: "open" } }';
/** So many that optimize gives the table indexes. */
const PEOPLE = 10_020;
const ITEMS = '{"type":"Item","data":{"key":"i1","price":1.5}}\n{"type":"Item","data":{"key":"i2"}}';

/** What a graph is made of. A damage is drawn for each kind and each way. */
const KINDS = {
  format: /^__manifest\/format\.json$/,
  slot: /^__manifest\/log\//,
  record: /^__manifest\/refs\//,
  layout: /^__manifest\/layouts\//,
  schema: /^__manifest\/schemas\//,
  digest: /^__manifest\/digests\//,
  horizon: /^__manifest\/horizon\//,
  pin: /^__manifest\/pins\//,
  "column file": /\.cols$/,
  tombstones: /\.gone$/,
  "data file of Lance": /\.lance\/data\//,
  "manifest of Lance": /\.lance\/_versions\/\d+\.manifest$/,
  "index of Lance": /\.lance\/_indices\//,
} as const;

type Kind = keyof typeof KINDS;

/** A byte differs; the end is missing, or more is there; it is gone; another object of its kind is in its place. */
const WAYS = ["flip", "cut", "append", "remove", "swap"] as const;
type Way = (typeof WAYS)[number];

/** Ways that may change bytes of Lance that nobody reads: the padding of its files, what comes behind their end, the order of values in an index. */
const IN_LANCE: ReadonlySet<Way> = new Set(["flip", "append"]);

interface Damage {
  readonly kind: Kind;
  readonly way: Way;
  readonly key: string;
  /** What is in its place; null where nothing is. */
  readonly bytes: Uint8Array | null;
}

/** A graph in a folder with some of everything. */
async function grown(uri: string, folder: string): Promise<void> {
  await using graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 20, maintenance: "off" });
  const person = (n: number): object => ({
    type: "Person",
    data: { name: `p${n}`, age: n % 90, tags: ["a"], state: "open", at: n % 3 === 0 ? null : [1, n] },
  });
  await graph.load(
    Array.from({ length: PEOPLE }, (_, n) => person(n)),
    { mode: "append" },
  );
  await using items = await Omnigraph.init(`memory://${folder}`, { schema: SCHEMA });
  await items.load(ITEMS, { mode: "append" });
  await items.tables.export(folder, { format: "lance" });
  await graph.tables.adopt(join(folder, "Item.lance"), { type: "Item" });
  await graph.load(
    Array.from({ length: 60 }, (_, n) => ({ edge: "Owns", from: `p${n + 10}`, to: "i1" })),
    {
      mode: "append",
    },
  );
  await graph.branches.create("early");
  await graph.mutate("query q() { delete Person where age = 3 }");
  await graph.maintenance.optimize();
  await graph.branches.create("draft");
  await graph.mutate(ADD, { n: "of draft" }, { branch: "draft" });
  await graph.branches.create("gone");
  await graph.branches.delete("gone");
  for (let round = 0; round < 2; round++) {
    await graph.mutate(ADD, { n: `of round ${round}` });
    await graph.maintenance.cleanup({ keep: 1, confirm: true, graceMs: 0 });
  }
  for (let n = 0; n < 70; n++) await graph.mutate(ADD, { n: `n${n}` });
  await graph.mutate("query q() { delete Person where age = 4 }");
  await graph.maintenance.optimize();
  for (let n = 0; n < 3; n++) await graph.mutate(ADD, { n: `m${n}` });
}

/** Pins that a process has left behind. */
async function pin(store: ObjectStore, commit: string, graph: string): Promise<void> {
  for (const op of ["01M84AR2A00000000000000000", "01M84AR2A10000000000000000"])
    // Cast: it is the id of a commit, as the library tells it.
    await store.put(pinKey(op), encodePin({ graph, op, commit: commit as never, purpose: "test", at: 1 }));
}

/**
 * Whether nobody can tell that an object is gone: the last ones of a log and of a name look as if they were never made, the end of a cleanup as if it was not
 * reached; pins come and go; digests are written when there is time. An older manifest is one of a version that nobody reads, and one in another's place was not always told (docs/roadmap.md). Tombstones do not say of which table they are, lists of a cleanup not of which one, and ids and names have
 * the same values in their indexes.
 */
function isSilent({ kind, way, key }: Damage, keys: readonly string[]): boolean {
  if (kind === "manifest of Lance") return way === "swap" || !isNewestManifest(key, keys);
  if (way === "swap" && (kind === "tombstones" || kind === "index of Lance")) return true;
  if (way === "swap" && kind === "horizon") return !key.endsWith(".json");
  if (way !== "remove") return false;
  const folder = folderOf(key);
  const beginning =
    kind === "slot" ? `${folder}${key.slice(folder.length).split(".")[0]}.` : key.split("@")[0];
  const isFirst = keys.find((other) => other.startsWith(beginning ?? "")) === key;
  if (kind === "slot" || kind === "record") return isFirst; // numbers fall: the first of a listing is the newest
  if (kind === "horizon") return !key.endsWith(".json") && !key.endsWith(".done");
  return kind === "digest" || kind === "pin";
}

function isNewestManifest(key: string, keys: readonly string[]): boolean {
  const folder = folderOf(key);
  return keys.find((other) => other.startsWith(folder) && other.endsWith(".manifest")) === key;
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/") + 1);
}

/** Damages in many ways; each is to be named with its place. `rounds`: how many of each kind and way. */
export function damageSuite(folder: string, rounds: number): void {
  const uri = join(folder, "g.omni");
  const seed = Number(process.env["OMNIGRAPH_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const random = new SeededRandom(seed);
  let store: ObjectStore;
  let keys: readonly string[] = [];
  let rows = "";

  beforeAll(async () => {
    await grown(uri, join(folder, "tables"));
    store = (await openBackend(uri, systemEnvironment, { writable: true })).objects;
    await using graph = await Omnigraph.open(uri);
    const [head] = await graph.commits.list({ limit: 1 });
    const { graph: ulid } = JSON.parse(
      Buffer.from((await store.get("__manifest/format.json")) ?? []).toString(),
    );
    await pin(store, head?.id ?? "", ulid);
    keys = (await allKeys(store)).toSorted();
    rows = await exported(uri);
    expect((await Omnigraph.fsck(uri)).findings).toEqual([]);
  });

  it.each(Object.keys(KINDS).flatMap((kind) => WAYS.map((way) => [way, kind as Kind] as const)))(
    `%s: a %s is named, with its place (seed ${seed})`,
    async (way, kind) => {
      for (let round = 0; round < rounds; round++) {
        const damage = await drawn(store, keys, random, kind, way);
        if (damage !== null) await isNamed(damage);
      }
    },
  );

  it("an index of Lance that has other rows is named, with its column", async () => {
    for (const key of keys.filter((each) => each.endsWith("/page_data.lance"))) {
      const before = Buffer.from((await store.get(key)) ?? []);
      const bytes = Buffer.from(before);
      // In the middle are values or rows, whichever an index has more of.
      bytes.fill(0, Math.floor(bytes.length / 4), Math.floor(bytes.length / 2));
      await store.put(key, bytes);
      const { findings } = await Omnigraph.fsck(uri);
      await store.put(key, before);
      const problem = expect.stringMatching(/the index of column (id|name|age|state) (finds|misses|cannot)/);
      expect(findings).toMatchObject([
        { class: "index_damaged", severity: "warning", problem, branches: [] },
      ]);
    }
  });

  async function isNamed(damage: Damage): Promise<void> {
    const { key, bytes } = damage;
    const before = (await store.get(key)) ?? new Uint8Array();
    if (bytes === null) await store.delete(key);
    else await store.put(key, bytes);
    try {
      const { findings } = await Omnigraph.fsck(uri);
      if (findings.some(({ place }) => key === place || key.startsWith(`${place}/`))) return;
      if (isSilent(damage, keys)) return;
      // Not all bytes of the files of Lance are read: then the tables alone give the same rows.
      if (damage.kind.endsWith("of Lance") && IN_LANCE.has(damage.way) && (await areRowsTheSame())) return;
      expect.fail(
        `seed ${seed}: ${JSON.stringify({ ...damage, bytes: bytes?.length ?? null })} gave ${summary(findings)}`,
      );
    } finally {
      await store.put(key, before);
    }
  }

  /** Whether the rows are the same where all column files are missing. */
  async function areRowsTheSame(): Promise<boolean> {
    const files = await Promise.all(
      keys
        .filter((key) => KINDS["column file"].test(key))
        .map(async (key) => [key, await store.get(key)] as const),
    );
    for (const [key] of files) await store.delete(key);
    try {
      return (await exported(uri)) === rows;
    } finally {
      for (const [key, bytes] of files) await store.put(key, bytes ?? new Uint8Array());
    }
  }
}

async function allKeys(store: ObjectStore): Promise<readonly string[]> {
  const keys: string[] = [];
  for (;;) {
    const after = keys.at(-1);
    const page = await store.list("", after === undefined ? {} : { after });
    if (page.length === 0) return keys;
    keys.push(...page.map(({ key }) => key));
  }
}

async function exported(uri: string): Promise<string> {
  await using graph = await Omnigraph.open(uri, { readOnly: true });
  const texts: string[] = [];
  for (const branch of ["main", "draft", "early"]) texts.push(await textIn(graph.export({ branch })));
  return texts.join("\n");
}

/** A damage of an object of a kind; null where there is none of that kind that it could be. */
async function drawn(
  store: ObjectStore,
  keys: readonly string[],
  random: SeededRandom,
  kind: Kind,
  way: Way,
): Promise<Damage | null> {
  const own = keys.filter((key) => KINDS[kind].test(key));
  const key = own[random.integer(own.length)] ?? expect.fail(`there is no ${kind}`);
  const bytes = Buffer.from((await store.get(key)) ?? []);
  switch (way) {
    case "flip": {
      const other = Buffer.from(bytes);
      const at = random.integer(other.length);
      other[at] = (other[at] ?? 0) ^ (1 << random.integer(8));
      return { kind, way, key, bytes: other };
    }
    case "cut":
      return { kind, way, key, bytes: bytes.subarray(0, 1 + random.integer(bytes.length - 1)) };
    case "append":
      // No white space, which JSON may end with.
      return { kind, way, key, bytes: Buffer.concat([bytes, Buffer.of(128 + random.integer(128))]) };
    case "remove":
      return { kind, way, key, bytes: null };
    case "swap": {
      const others = own.filter(
        (other) => other !== key && other.split(".").at(-1) === key.split(".").at(-1),
      );
      const other = others[random.integer(others.length)];
      const taken = other === undefined ? null : await store.get(other);
      return taken === null || bytes.equals(taken) ? null : { kind, way, key, bytes: taken };
    }
  }
}

function summary(findings: readonly FsckFinding[]): string {
  return (
    findings.map((finding) => `${finding.class} at ${finding.place}: ${finding.problem}`).join("; ") ||
    "nothing"
  );
}
