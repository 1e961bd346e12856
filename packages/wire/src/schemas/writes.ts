import * as z from "zod";
import { COMMIT, EXAMPLE_COMMIT } from "./commits.ts";
import { DIAGNOSTIC } from "./lint.ts";
import { WARNINGS } from "./reads.ts";
import { shape } from "./shape.ts";
import { LOAD_MODES } from "../words.ts";
import { COUNT } from "./values.ts";

const ACTOR = z.string().nullable().describe("Who wrote.");

export const MUTATION = shape(
  "MutationJson",
  "The answer of a mutation (`mutate`).",
  {
    branch: z.string(),
    query_name: z.string(),
    affected_nodes: COUNT.describe("Nodes inserted, updated or deleted."),
    affected_edges: COUNT.describe("Edges, those that went with a deleted node among them."),
    actor_id: ACTOR,
    commit: COMMIT.nullable().describe("Null when no row was touched."),
    warnings: WARNINGS,
  },
  {
    branch: "main",
    query_name: "hire",
    affected_nodes: 1,
    affected_edges: 1,
    actor_id: "ann",
    commit: EXAMPLE_COMMIT,
  },
);

export const LOAD_MODE = z.enum(LOAD_MODES).meta({
  id: "LoadMode",
  description:
    "How a load treats what is there: append (strict insert), merge (upsert), overwrite (replaces each type that occurs).",
});

const LOADED_TYPE = shape("LoadedTypeJson", "How many entities of a type were loaded.", {
  name: z.string(),
  entities_loaded: COUNT,
});

export const EXAMPLE_LOADED = {
  branch: "main",
  mode: "merge",
  branch_created: false,
  nodes: [{ name: "Person", entities_loaded: 3 }],
  edges: [{ name: "Knows", entities_loaded: 2 }],
  total_entities: 5,
};

const EXAMPLE_LOAD_COMMIT = { ...EXAMPLE_COMMIT, message: null, kind: "load" };

/** What every answer of a load has, but its commit. */
export const LOADED = {
  branch: z.string(),
  mode: LOAD_MODE,
  branch_created: z.boolean().describe("The load made the branch."),
  nodes: z.array(LOADED_TYPE).describe("Types of nodes that occur."),
  edges: z.array(LOADED_TYPE).describe("Types of edges that occur."),
  total_entities: COUNT,
  datetimes_cut: COUNT.exactOptional().describe(
    "How many DateTime values named a part of a millisecond, which was cut; left out where none did.",
  ),
};

const URI = z.string().describe("Address of the graph, as it was given.");

export const LOAD = shape(
  "LoadJson",
  "The answer of a load on the command line (`load`).",
  { uri: URI, ...LOADED, commit: COMMIT },
  { uri: "team.omni", ...EXAMPLE_LOADED, commit: EXAMPLE_LOAD_COMMIT },
);

export const INIT = shape(
  "InitJson",
  "The answer of `init`.",
  {
    uri: URI,
    initialized: z.literal(true),
    warnings: z
      .array(DIAGNOSTIC)
      .exactOptional()
      .describe("Near misses in the schema; left out where there are none."),
  },
  { uri: "team.omni", initialized: true },
);
