import type { Define } from "./define.ts";

/** Headings of the help page. */
export const GROUPS = {
  start: "Start here:",
  data: "Data:",
  history: "History:",
  maintenance: "Maintenance:",
  language: "Languages:",
  access: "Access:",
  servers: "Servers:",
} as const;

export interface CommandEntry {
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  readonly group: keyof typeof GROUPS;
  /** Loads the module of the command. Only that of the requested command is loaded. */
  readonly load: () => Promise<Define>;
}

/** Every command there is. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "demo",
    summary: "a guided tour on a sample graph",
    group: "start",
    load: async () => (await import("./commands/demo.ts")).define,
  },
  {
    name: "init",
    summary: "create a graph from a schema",
    group: "start",
    load: async () => (await import("./commands/init.ts")).define,
  },
  {
    name: "version",
    summary: "print the version",
    group: "start",
    load: async () => (await import("./commands/version.ts")).define,
  },
  {
    name: "load",
    summary: "load NDJSON",
    group: "data",
    load: async () => (await import("./commands/load.ts")).define,
  },
  {
    name: "adopt",
    summary: "bring in a Lance table of another program",
    group: "data",
    load: async () => (await import("./commands/adopt.ts")).define,
  },
  {
    name: "query",
    alias: "read",
    summary: "run a read",
    group: "data",
    load: async () => (await import("./commands/query.ts")).define,
  },
  {
    name: "explain",
    summary: "show how a query is run",
    group: "data",
    load: async () => (await import("./commands/explain.ts")).define,
  },
  {
    name: "mutate",
    alias: "change",
    summary: "run a mutation",
    group: "data",
    load: async () => (await import("./commands/mutate.ts")).define,
  },
  {
    name: "blob",
    summary: "read and write the content of Blobs",
    group: "data",
    load: async () => (await import("./commands/blob.ts")).define,
  },
  {
    name: "export",
    summary: "write a graph as NDJSON",
    group: "data",
    load: async () => (await import("./commands/export.ts")).define,
  },
  {
    name: "snapshot",
    summary: "count the entities of each type",
    group: "history",
    load: async () => (await import("./commands/snapshot.ts")).define,
  },
  {
    name: "branch",
    summary: "create, list, compare, merge and delete branches",
    group: "history",
    load: async () => (await import("./commands/branch.ts")).define,
  },
  {
    name: "commit",
    summary: "list and show commits, and what they changed",
    group: "history",
    load: async () => (await import("./commands/commit.ts")).define,
  },
  {
    name: "revert",
    summary: "take back what a commit changed",
    group: "history",
    load: async () => (await import("./commands/revert.ts")).define,
  },
  {
    name: "changes",
    summary: "follow what the commits of a branch change",
    group: "history",
    load: async () => (await import("./commands/changes.ts")).define,
  },
  {
    name: "history",
    summary: "the commits that touched one entity",
    group: "history",
    load: async () => (await import("./commands/history.ts")).define,
  },
  {
    name: "write",
    summary: "tell what became of a write",
    group: "history",
    load: async () => (await import("./commands/write.ts")).define,
  },
  {
    name: "optimize",
    summary: "fold small commits and small tables into few tables",
    group: "maintenance",
    load: async () => (await import("./commands/optimize.ts")).define,
  },
  {
    name: "fsck",
    summary: "check everything in a graph",
    group: "maintenance",
    load: async () => (await import("./commands/fsck.ts")).define,
  },
  {
    name: "cleanup",
    summary: "give back what only old commits need",
    group: "maintenance",
    load: async () => (await import("./commands/cleanup.ts")).define,
  },
  {
    name: "recovery",
    summary: "list, settle and discard interrupted writes",
    group: "maintenance",
    load: async () => (await import("./commands/recovery.ts")).define,
  },
  {
    name: "backup",
    summary: "copy a graph to another address, and later what is new",
    group: "maintenance",
    load: async () => (await import("./commands/backup.ts")).define,
  },
  {
    name: "restore",
    summary: "copy a backup to where no graph is",
    group: "maintenance",
    load: async () => (await import("./commands/restore.ts")).define,
  },
  {
    name: "repair",
    summary: "repair what is damaged, and what others wrote into tables",
    group: "maintenance",
    load: async () => (await import("./commands/repair.ts")).define,
  },
  {
    name: "schema",
    summary: "show the schema, or plan another",
    group: "language",
    load: async () => (await import("./commands/schema.ts")).define,
  },
  {
    name: "serve",
    summary: "serve graphs over HTTP",
    group: "access",
    load: async () => (await import("./commands/serve.ts")).define,
  },
  {
    name: "cluster",
    summary: "plan and apply graphs that a folder describes",
    group: "access",
    load: async () => (await import("./commands/cluster.ts")).define,
  },
  {
    name: "mcp",
    summary: "serve a graph to an agent",
    group: "access",
    load: async () => (await import("./commands/mcp.ts")).define,
  },
  {
    name: "policy",
    summary: "check, try and explain policies",
    group: "access",
    load: async () => (await import("./commands/policy.ts")).define,
  },
  {
    name: "login",
    summary: "keep the token of a server",
    group: "servers",
    load: async () => (await import("./commands/login.ts")).define,
  },
  {
    name: "logout",
    summary: "forget the token of a server",
    group: "servers",
    load: async () => (await import("./commands/logout.ts")).define,
  },
  {
    name: "profile",
    summary: "list and show profiles",
    group: "servers",
    load: async () => (await import("./commands/profile.ts")).define,
  },
  {
    name: "graphs",
    summary: "list the graphs of a server",
    group: "servers",
    load: async () => (await import("./commands/graphs.ts")).define,
  },
  {
    name: "queries",
    summary: "list and check stored queries",
    group: "servers",
    load: async () => (await import("./commands/queries.ts")).define,
  },
  {
    name: "alias",
    summary: "run a query that has a name of yours",
    group: "servers",
    load: async () => (await import("./commands/alias.ts")).define,
  },
  {
    name: "lint",
    alias: "check",
    summary: "check queries against a schema",
    group: "language",
    load: async () => (await import("./commands/lint.ts")).define,
  },
  {
    name: "codegen",
    summary: "write TypeScript for stored queries",
    group: "language",
    load: async () => (await import("./commands/codegen.ts")).define,
  },
  {
    name: "fmt",
    summary: "format .pg and .gq files",
    group: "language",
    load: async () => (await import("./commands/fmt.ts")).define,
  },
];
