// Writes that stage tables, and parts of a graph that stand still at one step of such a write.

const isTable = () => true;
const isIntent = (key) => /^__recovery\/\w+\.json$/.test(key);
const isStaged = (key) => key.endsWith(".staged.json");
const isCommit = (key) => key.endsWith(".commit");

/** The steps of a staged write, in order. Each is told by a call to a part of the graph, and whether that call is still made. */
export const STEPS = {
  announced: { call: "putIfAbsent", isOf: isIntent, made: true },
  "table begun": { call: "stage", isOf: isTable, made: false },
  "table written": { call: "stage", isOf: isTable, made: true },
  "all but staged": { call: "put", isOf: isStaged, made: false },
  staged: { call: "put", isOf: isStaged, made: true },
  "all but published": { call: "putIfAbsent", isOf: isCommit, made: false },
  published: { call: "putIfAbsent", isOf: isCommit, made: true },
  "intent removed": { call: "delete", isOf: isIntent, made: true },
};

/** The steps after which the write is in the log, and those after which others can publish it. */
export const PUBLISHED = ["published", "intent removed"];
export const COMPLETE = ["staged", "all but published"];

/** The parts of a graph, which stand still at a step: from then on no call is answered. `onStop` is called then. */
export function stopping(parts, step, onStop) {
  const { call, isOf, made } = STEPS[step];
  const never = new Promise(() => {});
  let stopped = false;
  const standing = (part) =>
    new Proxy(part, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (name === "open") return value.bind(target);
        return async (...given) => {
          if (stopped) return never;
          if (name !== call || !isOf(given[0])) return value.apply(target, given);
          stopped = true;
          if (made) await value.apply(target, given);
          onStop();
          return never;
        };
      },
    });
  return { ...parts, objects: standing(parts.objects), tables: standing(parts.tables) };
}

export const SCHEMA = "node Item { k: String @key  n: I64? }\nnode Other { k: String @key }";

/** How the graph is before the write: two items, and a branch that differs from main on both sides. */
export async function prepare(graph) {
  const line = (k) => ({ type: "Item", data: { k, n: 1 } });
  await graph.load([line("a"), line("b")], { mode: "append" });
  await graph.branches.create("draft");
  await graph.mutate('insert Item { k: "c", n: 1 }', null, { branch: "draft" });
  await graph.mutate('insert Item { k: "d", n: 1 }');
}

const AUTHOR = { actor: "ann", message: "by table" };

/** Each kind of write that stages tables, on a graph that was opened with a small `inlineRows`. */
export const WRITES = {
  load: (graph) =>
    graph.load(
      [
        { type: "Item", data: { k: "x" } },
        { type: "Item", data: { k: "y" } },
      ],
      {
        mode: "append",
        ...AUTHOR,
      },
    ),
  "load that makes its branch": (graph) =>
    graph.load(
      [
        { type: "Item", data: { k: "x" } },
        { type: "Item", data: { k: "y" } },
      ],
      {
        mode: "append",
        branch: "import",
        from: "main",
        ...AUTHOR,
      },
    ),
  mutation: (graph) => graph.mutate("update Item set { n: 7 } where n = 1", null, AUTHOR),
  merge: (graph) => graph.branches.merge("draft", AUTHOR),
  revert: (graph) => graph.commits.revert("main", AUTHOR),
  fold: (graph) => graph.maintenance.optimize({ full: true, ...AUTHOR }),
};

/** What settles them, to be stopped as well. */
export const settle = (graph) => graph.recovery.settle();
