import { readFile, writeFile } from "node:fs/promises";

/** One step of the tour: what it shows, and the command line that shows it. */
export interface Step {
  readonly says: string;
  readonly argv: (folder: Folder) => readonly string[] | Promise<readonly string[]>;
  /** The expected exit code. Default 0. */
  readonly exit?: number;
}

/** Where the tour takes place. */
export interface Folder {
  readonly graph: string;
  readonly file: (name: string) => string;
  /** Id of main's newest commit. */
  readonly newest: () => Promise<string>;
}

const query = (folder: Folder, name: string, params?: object): string[] => [
  "query",
  name,
  "--store",
  folder.graph,
  "--query",
  folder.file("queries.gq"),
  ...(params === undefined ? [] : ["--params", JSON.stringify(params)]),
];

/** A mutation with its author and, where it is not main, its branch. */
const mutate = (folder: Folder, name: string, params: object, ...options: string[]): string[] => [
  "mutate",
  ...query(folder, name, params).slice(1),
  ...options,
];

const BLAST = { service: "identity-api" };
const NEW_SERVICE = {
  slug: "passkeys",
  name: "A Passkeys Service",
  team: "identity",
  needs: "identity-api",
  since: "2026-01-15",
};

const TAGS = "tags: [String]?";
const ON_CALL = 'on_call: String @default("nobody yet")';
const WHO_IS_CALLED =
  "match { $s: Service { tier: 1 } } return { $s.on_call as on_call, count($s) as services }";

/** The tour, in order. */
export const TOUR: readonly Step[] = [
  {
    says: "A schema declares node and edge types; init makes a durable graph of it in one folder.",
    argv: (f) => ["init", "--schema", f.file("schema.pg"), f.graph],
  },
  {
    says: "About 2,000 nodes and 5,000 edges, loaded as one commit.",
    argv: (f) => ["load", "--data", f.file("data.jsonl"), "--mode", "merge", "--as", "importer", f.graph],
  },
  {
    says: "What fails when Identity API fails: whatever depends on it, up to three hops away.",
    argv: (f) => query(f, "blast_radius", BLAST),
  },
  { says: "Which teams are called most often.", argv: (f) => query(f, "noisiest_teams") },
  {
    says: "The longest critical incidents of first-tier services.",
    argv: (f) => query(f, "worst_outages", { since: "2025-01-01" }),
  },
  { says: "Who resolves the most incidents.", argv: (f) => query(f, "top_resolvers") },
  { says: "Important services that no team owns.", argv: (f) => query(f, "orphans") },
  {
    says: "A mutation: a new service, its owner and what it needs, in one commit with an author.",
    argv: (f) => mutate(f, "add_service", NEW_SERVICE, "--as", "ann", "--message", "passkeys go live"),
  },
  {
    says: "The same question again: the new service is in the answer.",
    argv: (f) => query(f, "blast_radius", BLAST),
  },
  {
    says: "A branch of the whole graph is one small object. Bob proposes something on it...",
    argv: (f) => ["branch", "create", "proposal", "--uri", f.graph],
  },
  {
    says: "...a lower tier, and a price,",
    argv: (f) =>
      mutate(f, "reprice", { slug: "passkeys", tier: 2, cost: 900 }, "--as", "bob", "--branch", "proposal"),
  },
  {
    says: "while Ann moves the same service on main.",
    argv: (f) => mutate(f, "retier", { slug: "passkeys", tier: 3 }, "--as", "ann"),
  },
  {
    says: "What the proposal changes, property by property.",
    argv: (f) => ["branch", "diff", "main", "proposal", "--since-base", "--uri", f.graph],
  },
  {
    says: "Would it merge? Both moved the tier: somebody must decide, and the exit code is 1.",
    argv: (f) => ["branch", "merge", "proposal", "--dry-run", "--uri", f.graph],
    exit: 1,
  },
  {
    says: "decisions.json takes Bob's tier; his price is in nobody's way. One commit, and the branch is no longer needed.",
    argv: (f) =>
      ["branch", "merge", "proposal", "--resolutions", f.file("decisions.json"), "--delete-branch"].concat([
        "--as",
        "ann",
        "--uri",
        f.graph,
      ]),
  },
  {
    says: "Every commit is kept, with its author; the newest is the merge.",
    argv: (f) => ["commit", "list", f.graph],
  },
  {
    says: "On second thoughts: what the merge brought is taken back, as one more commit.",
    argv: async (f) => [
      "revert",
      await f.newest(),
      "--store",
      f.graph,
      "--as",
      "ann",
      "--message",
      "too early",
    ],
  },
  {
    says: "The schema moves too, on a branch of its own...",
    argv: (f) => ["branch", "create", "on-call", "--uri", f.graph],
  },
  {
    says: "...where services get somebody to call: one small commit, no row is rewritten.",
    argv: async (f) => {
      const next = f.file("next.pg");
      await writeFile(
        next,
        (await readFile(f.file("schema.pg"), "utf8")).replace(TAGS, `${TAGS}\n  ${ON_CALL}`),
      );
      return ["schema", "apply", "--schema", next, "--branch", "on-call", "--as", "bob", "--store", f.graph];
    },
  },
  {
    says: "What that changes, as declarations.",
    argv: (f) => ["schema", "diff", "main", "on-call", "--pg", "--store", f.graph],
  },
  {
    says: "It is merged like any other change,",
    argv: (f) => ["branch", "merge", "on-call", "--delete-branch", "--as", "ann", "--uri", f.graph],
  },
  {
    says: "and the services of old have what it says for them.",
    argv: (f) => ["query", "--store", f.graph, "-e", WHO_IS_CALLED],
  },
  {
    says: "The life of one service, the newest first: nothing is ever lost.",
    argv: (f) => ["history", "node", "Service", "passkeys", "--store", f.graph],
  },
];
