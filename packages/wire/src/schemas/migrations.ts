import * as z from "zod";
import { COMMIT, EXAMPLE_COMMIT } from "./commits.ts";
import { shape } from "./shape.ts";
import { DROP_MODES } from "../words.ts";
import { COUNT, ENTITY_KIND, JSON_OBJECT } from "./values.ts";

const PROPERTY_TYPE = shape("PropertyTypeJson", "What the values of a property are.", {
  scalar: z.string().describe("Of a list the type of its items."),
  nullable: z.boolean(),
  list: z.boolean(),
  enum_values: z.array(z.string()).nullable().describe("In declared order; null where it is no enum."),
  vector_dim: COUNT.exactOptional().describe("Of a vector."),
});

const TYPE = { type_kind: ENTITY_KIND, name: z.string().describe("The type.") };
const OF_TYPE = { type_kind: ENTITY_KIND, type_name: z.string() };
const OF_PROPERTY = { ...OF_TYPE, property_name: z.string() };

const DROP = {
  mode: z
    .enum(DROP_MODES)
    .describe("Whether older commits can still read it (soft), or it is given up for good (hard)."),
  code: z.string().exactOptional().describe("Where data is lost."),
};

const CONSTRAINT = JSON_OBJECT.describe(
  "One of `{Index: [names]}`, `{Unique: [names]}`, `{Range: {property, min, max}}`, `{Check: {property, pattern}}`, `{Cardinality: {min, max}}` and `{Implements: [names]}`.",
);

const ANNOTATIONS = z
  .array(JSON_OBJECT)
  .describe("All of them, each with its `name`, and `value` and `named` arguments where it has them.");

/** A change that cannot be made, in the details of an error. */
export const UNSUPPORTED = shape("UnsupportedChangeJson", "Why a graph cannot be given a schema.", {
  entity: z.string().describe("What it is about, `Person.age` for example."),
  reason: z.string().describe("Why, with the entities that are in the way, and what can be done instead."),
  code: z
    .string()
    .nullable()
    .describe("[diagnostics.md](diagnostics.md) lists them; null where it has none."),
});

const STEPS = [
  shape("AddTypeStep", "A type is new.", { kind: z.literal("add_type"), ...TYPE }),
  shape("RenameTypeStep", "A type gets another name.", {
    kind: z.literal("rename_type"),
    type_kind: ENTITY_KIND,
    from: z.string(),
    to: z.string(),
  }),
  shape("DropTypeStep", "A type goes.", { kind: z.literal("drop_type"), ...TYPE, ...DROP }),
  shape("AddPropertyStep", "A property is new.", {
    kind: z.literal("add_property"),
    ...OF_PROPERTY,
    property_type: PROPERTY_TYPE,
  }),
  shape("RenamePropertyStep", "A property gets another name.", {
    kind: z.literal("rename_property"),
    ...OF_TYPE,
    from: z.string(),
    to: z.string(),
  }),
  shape("DropPropertyStep", "A property goes.", {
    kind: z.literal("drop_property"),
    ...OF_PROPERTY,
    ...DROP,
  }),
  shape("ExtendEnumStep", "An enum gets more values.", {
    kind: z.literal("extend_enum"),
    ...OF_PROPERTY,
    added_values: z.array(z.string()),
  }),
  shape("ChangePropertyTypeStep", "A property gets a type that all its values fit.", {
    kind: z.literal("change_property_type"),
    ...OF_PROPERTY,
    from: PROPERTY_TYPE,
    to: PROPERTY_TYPE,
  }),
  shape("ConstraintStep", "A constraint comes, which all that is there keeps, or goes.", {
    kind: z.enum(["add_constraint", "drop_constraint"]),
    ...OF_TYPE,
    constraint: CONSTRAINT,
  }),
  shape("UpdateTypeMetadataStep", "A type gets other annotations.", {
    kind: z.literal("update_type_metadata"),
    ...TYPE,
    annotations: ANNOTATIONS,
  }),
  shape("UpdatePropertyMetadataStep", "A property gets other annotations, a default for example.", {
    kind: z.literal("update_property_metadata"),
    ...OF_PROPERTY,
    annotations: ANNOTATIONS,
  }),
  shape("UnsupportedStep", "A change that cannot be made.", {
    kind: z.literal("unsupported_change"),
    entity: z.string().describe("What it is about, `Person.age` for example."),
    reason: z.string().describe("Why, with the entities that are in the way, and what can be done instead."),
    code: z
      .string()
      .exactOptional()
      .describe("[diagnostics.md](diagnostics.md) lists them; left out where it has none."),
  }),
] as const;

export const STEP = z.union(STEPS).meta({ id: "MigrationStepJson", description: "A step of a migration." });

export const SCHEMA_PLAN = shape(
  "SchemaPlanJson",
  "What `schema plan` says: an answer, whether all of it is supported or not.",
  {
    uri: z.string().describe("Address of the graph as it was given."),
    supported: z.boolean().describe("Whether every step can be taken."),
    step_count: COUNT,
    steps: z.array(STEP).describe("In the order in which they would be taken."),
  },
  {
    uri: "my.omni",
    supported: true,
    step_count: 1,
    steps: [
      {
        kind: "add_property",
        type_kind: "node",
        type_name: "Person",
        property_name: "nick",
        property_type: { scalar: "String", nullable: true, list: false, enum_values: null },
      },
    ],
  },
);

export const SCHEMA_APPLY = shape(
  "SchemaApplyJson",
  "The answer of `schema apply`.",
  {
    uri: z.string().describe("Address of the graph as it was given."),
    supported: z.boolean().describe("Always true: a schema that is not is an error."),
    applied: z.boolean().describe("False where the branch had this schema already."),
    branch: z.string(),
    graph_manifest_version: COUNT.nullable().describe("Depth of the commit; null where nothing was applied."),
    step_count: COUNT,
    steps: z.array(STEP).describe("In the order in which they were taken."),
    actor_id: z.string().nullable().describe("Who applied it."),
    commit: COMMIT.nullable().describe("Null where nothing was applied."),
  },
  {
    uri: "my.omni",
    supported: true,
    applied: true,
    branch: "main",
    graph_manifest_version: 3,
    step_count: 1,
    steps: [{ kind: "add_type", type_kind: "node", name: "Ship" }],
    actor_id: "ann",
    commit: { ...EXAMPLE_COMMIT, kind: "schema" },
  },
);

const DECLARATION_PAIR = shape(
  "DeclarationPairJson",
  "A declaration that two schemas have in different forms.",
  {
    before: z.string().nullable().describe("Formatted; null where the first schema does not have it."),
    after: z.string().nullable().describe("Formatted; null where the second schema does not have it."),
  },
);

export const SCHEMA_DIFF = shape(
  "SchemaDiffJson",
  "How the schemas of two commits differ (`schema diff`).",
  {
    uri: z.string().describe("Address of the graph as it was given."),
    from_commit_id: z.string(),
    to_commit_id: z.string(),
    step_count: COUNT,
    steps: z.array(STEP).describe("From the first to the second."),
    declarations: z.array(DECLARATION_PAIR).describe("Those that differ."),
  },
  {
    uri: "my.omni",
    from_commit_id: "01J8ZQ5K0000000000000000R2",
    to_commit_id: "01J8ZQ5K0000000000000000R3",
    step_count: 1,
    steps: [{ kind: "add_type", type_kind: "node", name: "Ship" }],
    declarations: [{ before: null, after: "node Ship { imo: String @key }\n" }],
  },
);
