import { namedSchemas, SHAPES } from "@omnigraph/wire/schemas";
import type * as z from "zod";
import { type Endpoint, MEDIA, type ShapeName } from "../http/endpoint.ts";

type Json = { readonly [member: string]: unknown };

const WORDS: Readonly<Record<number, string>> = {
  400: "The call is wrong.",
  401: "No token that the server knows.",
  403: "The caller is not permitted to do this.",
  404: "There is no such thing.",
  408: "The body did not arrive in time, or the deadline passed.",
  409: "It conflicts with what is there.",
  410: "The history that it needs was reclaimed.",
  412: "A condition of the call does not hold; nothing was written.",
  413: "It is more than the server takes.",
  415: "The body is of another kind.",
  416: "There are no bytes in that range.",
  429: "The caller has too many writes in flight; see Retry-After.",
  503: "The graph cannot be opened now, or the server is stopping.",
};

/** What a failed write tells in headers; `fateOf` has the values of each reason. */
const FATE: Json = Object.fromEntries(
  [
    ["Omnigraph-Execution", "Whether the write ran.", ["not_started", "completed", "unknown"]],
    ["Omnigraph-Effects", "Whether it left anything behind.", ["none", "unknown"]],
    ["Omnigraph-Action", "What to do about it.", ["fix", "retry", "look_up"]],
  ].map(([name, description, values]) => [name, { description, schema: { type: "string", enum: values } }]),
);
/** Headers of calls that answer bytes. */
const CONDITIONS = {
  "If-Match": "Entity tags of which the Blob must have one.",
  "If-None-Match": "Entity tags of which the caller has the content.",
  Range: "One range of bytes; HEAD ignores it.",
  "If-Range": "The entity tag of which the range is.",
};

const MOVED = {
  302: { description: "It is an address: see Location." },
  304: { description: "It is what If-None-Match names." },
};

/** What is answered about Blobs besides. */
const OF_BLOBS: Partial<Record<Endpoint["method"], Json>> = {
  GET: {
    206: { description: "The bytes of the range.", content: { "application/octet-stream": {} } },
    ...MOVED,
  },
  HEAD: MOVED,
};

const TEXT: Json = { type: "string" };
const COMMIT_ID: Json = { type: "string", pattern: "^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$" };
const MILLISECONDS: Json = { type: "integer", minimum: 0, maximum: 999_999_999 };
/** A deadline may be wrong, and may pass, wherever one is taken. */
const OF_DEADLINES = [400, 408];

const COMPONENTS = "#/components/schemas/";

/** The OpenAPI document of endpoints, made of the shapes that their calls are read by. */
export function openApi(endpoints: readonly Endpoint[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of endpoints)
    (paths[endpoint.path] ??= {})[endpoint.method.toLowerCase()] = operationOf(endpoint);
  return {
    openapi: "3.1.0",
    info: {
      title: "Omnigraph API",
      version,
      description: "Graphs over HTTP.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
    components: {
      schemas: Object.fromEntries([...namedSchemas()].map(([name, schema]) => [name, relinked(schema)])),
      securitySchemes: { bearer_token: { type: "http", scheme: "bearer" } },
    },
  };
}

function operationOf(endpoint: Endpoint): Json {
  const { operation, tag, summary, body, bodyShape, successor, isOpen } = endpoint;
  return {
    operationId: operation,
    tags: [tag],
    summary,
    ...(successor === null ? {} : { deprecated: true }),
    ...(isOpen ? {} : { security: [{ bearer_token: [] }] }),
    ...membersIf("parameters", parametersOf(endpoint)),
    ...(body === null
      ? {}
      : {
          requestBody: {
            required: !body.isOptional,
            content:
              bodyShape === null
                ? { "application/x-ndjson": { schema: { type: "string" } } }
                : { "application/json": { schema: linkTo(bodyShape) } },
          },
        }),
    responses: { ...answersOf(endpoint), ...failuresOf(endpoint) },
  };
}

/** What goes well, by status. An answer to HEAD has no body. */
function answersOf({ method, summary, answer, alsoAnswers }: Endpoint): Json {
  const content = { [MEDIA[answer.type]]: { schema: schemaOf(answer.shapes) } };
  const described = { description: summary, ...(method === "HEAD" ? {} : { content }) };
  return {
    ...(answer.type === "octets" ? OF_BLOBS[method] : {}),
    ...Object.fromEntries([200, ...alsoAnswers].map((status) => [status, described])),
  };
}

function failuresOf({ method, failures, isOpen, isWrite, saysText }: Endpoint): Json {
  const statuses = new Set([...failures, ...(isOpen ? [] : OF_DEADLINES)]);
  return Object.fromEntries(
    [...statuses].map((status) => {
      const content = {
        "application/json": { schema: linkTo("httpError") },
        ...(saysText && status === 400 ? { "text/plain": { schema: TEXT } } : {}),
      };
      return [
        status,
        {
          description: WORDS[status] ?? "A failure.",
          ...(isWrite ? { headers: FATE } : {}),
          ...(method === "HEAD" ? {} : { content }),
        },
      ];
    }),
  );
}

function schemaOf(shapes: readonly ShapeName[]): Json {
  const [only, ...others] = shapes.map(linkTo);
  if (only === undefined) return { type: "string" };
  return others.length === 0 ? only : { anyOf: [only, ...others] };
}

/** The parts of the path, what stands behind it, and the condition. */
function parametersOf({
  path,
  parameters,
  isConditional,
  isWrite,
  isOpen,
  answer,
}: Endpoint): readonly Json[] {
  const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    in: "path",
    name,
    required: true,
    schema: { type: "string" },
  }));
  const header = (name: string, required: boolean, description: string, schema: Json = TEXT): Json => ({
    in: "header",
    name,
    required,
    description,
    schema,
  });
  return [
    ...parts,
    ...(parameters === null ? [] : queryParameters(parameters)),
    ...(isConditional
      ? [header("Omnigraph-If-Graph-Commit", true, "Id of the commit that the branch must be at.", COMMIT_ID)]
      : []),
    ...(answer.type === "octets"
      ? Object.entries(CONDITIONS).map(([name, what]) => header(name, false, what))
      : []),
    ...(isWrite
      ? [header("Idempotency-Key", false, "Names the write: a repeat answers the first one's commit.")]
      : []),
    ...(answer.type === "events"
      ? [header("Last-Event-ID", false, "Id of an event after which it is to go on.")]
      : []),
    ...(isOpen
      ? []
      : [
          header(
            "Omnigraph-Deadline-Ms",
            false,
            "Milliseconds that the call may take at most.",
            MILLISECONDS,
          ),
        ]),
  ];
}

function queryParameters(name: ShapeName): readonly Json[] {
  const schema = namedSchemas().get(idOf(name));
  return Object.entries(schema?.properties ?? {}).map(([member, value]) => ({
    in: "query",
    name: member,
    required: schema?.required?.includes(member) ?? false,
    schema: relinked(value),
  }));
}

function linkTo(name: ShapeName): Json {
  return { $ref: COMPONENTS + idOf(name) };
}

function idOf(name: ShapeName): string {
  const shape: z.ZodType = SHAPES[name];
  return String(shape.meta()?.["id"]);
}

function membersIf(name: string, list: readonly Json[]): Json {
  return list.length === 0 ? {} : { [name]: list };
}

/** A schema whose links lead into the document. */
function relinked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relinked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === "$ref" && typeof inner === "string" ? inner.replace("#/$defs/", COMPONENTS) : relinked(inner),
    ]),
  );
}
