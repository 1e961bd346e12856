import * as z from "zod";
import { PARAMETER_KINDS } from "../words.ts";
import { request, shape } from "./shape.ts";
import { COUNT, JSON_OBJECT } from "./values.ts";

export const HEALTH = shape(
  "HealthJson",
  "That a server runs (`GET /healthz`).",
  {
    status: z.literal("ok"),
    version: z.string().describe("Of the contract that it speaks."),
    source_version: z.string().nullable().describe("Of the software."),
    internal_schema_version: COUNT.describe("Version of the format on disk."),
  },
  { status: "ok", version: "0.10.0", source_version: "0.1.0", internal_schema_version: 1 },
);

export const READINESS = shape(
  "ReadinessJson",
  "Whether a server takes calls (`GET /readyz`): 200, or 503 while it is stopping or a graph cannot be opened.",
  {
    status: z.enum(["ready", "stopping", "degraded"]),
    configuration: z
      .enum(["current", "stale"])
      .describe(
        "`stale` while tokens, policies or queries that changed cannot be understood: the former ones count, and the log says why.",
      ),
  },
  { status: "ready", configuration: "current" },
);

export const GRAPH_LIST = shape(
  "GraphListJson",
  "The graphs of a server, by id (`GET /graphs`).",
  {
    graphs: z.array(
      shape("GraphInfoJson", "A graph of a server.", {
        graph_id: z.string(),
        uri: z.string().describe("Its path on the server. Where its data are is not told."),
      }),
    ),
  },
  { graphs: [{ graph_id: "team", uri: "/graphs/team" }] },
);

export const CREDENTIAL = shape(
  "CredentialJson",
  "What became of the token of a server (`login`, `logout`).",
  {
    server: z.string().describe("Its name in the configuration file."),
    url: z.string().nullable().describe("Its address; null where the file has no such server."),
    logged_in: z.boolean(),
  },
  { server: "prod", url: "https://graphs.example.com", logged_in: true },
);

export const PROFILE = shape(
  "ProfileJson",
  "A profile of the configuration file (`profile show`); `profile list` answers a list of them.",
  {
    name: z.string(),
    store: z.string().nullable().describe("Address of the graph; null where it is on a server."),
    server: z.string().nullable().describe("Name or address of the server."),
    graph: z.string().nullable().describe("Id of the graph on the server."),
    default: z.boolean().describe("Whether commands that name no graph use it."),
  },
  { name: "work", store: null, server: "prod", graph: "team", default: true },
);

const PARAMETER_KIND = z
  .enum(PARAMETER_KINDS)
  .meta({ id: "ParameterKind", description: "What a parameter of a stored query takes." });

const PARAMETER = shape("StoredParameterJson", "A parameter of a stored query.", {
  name: z.string(),
  kind: PARAMETER_KIND,
  nullable: z.boolean().describe("Whether it may be left out."),
  item_kind: PARAMETER_KIND.exactOptional().describe("Of a list."),
  vector_dim: COUNT.exactOptional().describe("Of a vector."),
});

export const QUERY_CATALOG = shape(
  "QueryCatalogJson",
  "The stored queries of a graph, by name (`GET /queries`).",
  {
    queries: z.array(
      shape("StoredQueryJson", "A stored query.", {
        name: z.string(),
        mutation: z.boolean(),
        params: z.array(PARAMETER),
        tool_name: z.string().describe("Its name as a tool."),
        description: z.string().exactOptional(),
        instruction: z.string().exactOptional(),
      }),
    ),
  },
  {
    queries: [
      {
        name: "hire",
        mutation: true,
        params: [{ name: "n", kind: "string", nullable: false }],
        tool_name: "hire",
      },
    ],
  },
);

export const INVOKE_REQUEST = request(
  "InvokeRequestJson",
  "The body of `POST /queries/{name}`; it may be left out.",
  {
    params: JSON_OBJECT.nullish().describe("Values of the parameters, by name."),
    branch: z.string().nullish().describe("Default `main`."),
    snapshot: z
      .string()
      .nullish()
      .describe("Reads the graph as it was at this commit. Excludes `branch`; only of a read."),
    expect_mutation: z.boolean().nullish().describe("Refuses a query that is not of this kind."),
  },
  { params: { n: "Dee" } },
);

export const SCHEMA_PLAN_REQUEST = request(
  "SchemaPlanRequestJson",
  "The body of `POST /schema/plan`.",
  {
    schema_source: z.string(),
    branch: z.string().nullish().describe("Default `main`."),
    allow_data_loss: z.boolean().nullish().describe("Whether what is dropped would be given up for good."),
  },
  { schema_source: "node Person { name: String @key }\n" },
);

export const SCHEMA_APPLY_REQUEST = request(
  "SchemaApplyRequestJson",
  "The body of `POST /schema/apply`.",
  {
    schema_source: z.string(),
    allow_data_loss: z.boolean().nullish().describe("Whether what is dropped is given up for good."),
  },
  { schema_source: "node Person { name: String @key }\n" },
);
