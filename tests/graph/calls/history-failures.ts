import { drained, named, ofWrite, SCHEMA, type Failures } from "./failing-calls.ts";

/** As FAILURES, of calls about schemas, commits, branches and changes. */
export const HISTORY_FAILURES: Readonly<Record<string, Failures>> = {
  "GraphSchema.show": {
    branch_not_found: ({ graph }) => graph.schema.show({ branch: "none" }),
    ...named(({ graph }, at) => graph.schema.show({ at })),
  },
  "GraphSchema.catalog": {
    branch_not_found: ({ graph }) => graph.schema.catalog({ branch: "none" }),
    ...named(({ graph }, at) => graph.schema.catalog({ at })),
  },
  "GraphSchema.plan": {
    branch_not_found: ({ graph }) => graph.schema.plan("node A { x: String @key }", { branch: "none" }),
    schema_invalid: ({ graph }) => graph.schema.plan("node {"),
  },
  "GraphSchema.diff": {
    branch_not_found: ({ graph }) => graph.schema.diff("main", "none"),
    commit_ambiguous: ({ graph, digits }) => graph.schema.diff(digits, "main"),
  },
  "GraphSchema.apply": {
    branch_not_found: ({ graph }) => graph.schema.apply("node A { x: String @key }", { branch: "none" }),
    ...ofWrite(async (graph, op) =>
      graph.schema.apply(`${await graph.schema.show()}\nnode Pet { tag: String @key }`, { op }),
    ),
    migration_unsupported: async ({ graph }) =>
      graph.schema.apply((await graph.schema.show()).replace("name: String", "name: I32")),
    precondition_failed: async ({ graph, digits }) => {
      const [, earlier] = await graph.commits.list();
      await graph.schema.apply(`${SCHEMA}\nnode Pet { tag: String @key }`, {
        ifCommit: earlier?.id ?? digits,
      });
    },
    schema_invalid: ({ graph }) => graph.schema.apply("node {"),
  },
  "Commits.list": { branch_not_found: ({ graph }) => graph.commits.list({ branch: "none" }) },
  "Commits.show": named(({ graph }, name) => graph.commits.show(name)),
  "Commits.changes": {
    ...named(({ graph }, name) => graph.commits.changes(name)),
    commit_parentless: ({ graph }) => graph.commits.changes("main~2"),
    cursor_invalid: ({ graph }) => graph.commits.changes("main", { pageToken: "nonsense" }),
    page_too_large: ({ graph }) => graph.commits.changes("main", { limit: 1e9 }),
    usage: ({ graph }) => graph.commits.changes("main", { types: ["Nobody"] }),
  },
  "Commits.page": {
    branch_not_found: ({ graph }) => graph.commits.page({ branch: "none" }),
    cursor_invalid: ({ graph }) => graph.commits.page({ pageToken: "nonsense" }),
    page_too_large: ({ graph }) => graph.commits.page({ limit: 1e9 }),
  },
  "Commits.revert": {
    ...named(({ graph }, name) => graph.commits.revert(name)),
    ...ofWrite((graph, op) => graph.commits.revert("main", { op })),
    merge_conflict: ({ graph }) => graph.commits.revert("main~1"),
    resolutions_invalid: ({ graph }) =>
      graph.commits.revert("main", {
        resolutions: { entities: [{ kind: "node", type: "Person", id: "Bob", take: "ours" }] },
      }),
    commit_parentless: ({ graph }) => graph.commits.revert("main~2"),
    branch_not_found: ({ graph }) => graph.commits.revert("main", { branch: "none" }),
  },
  "Commits.previewRevert": {
    ...named(({ graph }, name) => graph.commits.previewRevert(name)),
    resolutions_invalid: ({ graph }) =>
      graph.commits.previewRevert("main", {
        resolutions: { entities: [{ kind: "node", type: "Nobody", id: "Bob", take: "ours" }] },
      }),
    commit_parentless: ({ graph }) => graph.commits.previewRevert("main~2"),
    branch_not_found: ({ graph }) => graph.commits.previewRevert("main", { branch: "none" }),
  },
  "NamedBranches.create": {
    branch_exists: ({ graph }) => graph.branches.create("draft"),
    branch_name_invalid: ({ graph }) => graph.branches.create("a b"),
    branch_not_found: ({ graph }) => graph.branches.create("new", { from: "none" }),
    ...named(({ graph }, from) => graph.branches.create("new", { from })),
    read_only: ({ reader }) => reader.branches.create("new"),
  },
  "NamedBranches.merge": {
    ...ofWrite((graph, op) => graph.branches.merge("draft", { op, strategy: "ours" })),
    merge_conflict: ({ graph }) => graph.branches.merge("draft"),
    merge_itself: ({ graph }) => graph.branches.merge("main"),
    resolutions_invalid: ({ graph }) =>
      graph.branches.merge("draft", {
        resolutions: {
          strategy: "ours",
          entities: [{ kind: "node", type: "Person", id: "Bob", take: "ours" }],
        },
      }),
    branch_not_found: ({ graph }) => graph.branches.merge("none"),
  },
  "NamedBranches.previewMerge": {
    merge_itself: ({ graph }) => graph.branches.previewMerge("main"),
    resolutions_invalid: ({ graph }) =>
      graph.branches.previewMerge("draft", {
        resolutions: { entities: [{ kind: "node", type: "Nobody", id: "Bob", take: "ours" }] },
      }),
    branch_not_found: ({ graph }) => graph.branches.previewMerge("none"),
  },
  "NamedBranches.diff": {
    branch_not_found: ({ graph }) => graph.branches.diff("none", "main"),
    ...named(({ graph }, name) => graph.branches.diff(name, "main")),
    usage: ({ graph }) => graph.branches.diff("draft", "main", { types: ["Nobody"] }),
  },
  "NamedBranches.delete": {
    branch_not_found: ({ graph }) => graph.branches.delete("none"),
    branch_protected: ({ graph }) => graph.branches.delete("main"),
    read_only: ({ reader }) => reader.branches.delete("draft"),
  },
  "ChangeFeed.poll": {
    branch_not_found: ({ graph }) => graph.changes.poll({ branch: "none" }),
    ...named(({ graph }, after) => graph.changes.poll({ start: { after } })),
    cursor_invalid: ({ graph }) => graph.changes.poll({ cursor: "nonsense" }),
    page_too_large: ({ graph }) => graph.changes.poll({ limit: 1e9 }),
    usage: ({ graph }) => graph.changes.poll({ types: ["Nobody"] }),
  },
  "ChangeFeed.baseline": {
    branch_not_found: ({ graph }) => drained(graph.changes.baseline({ branch: "none" })),
    usage: ({ graph }) => drained(graph.changes.baseline({ types: ["Nobody"] })),
  },
};
