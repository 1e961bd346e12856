import type { ErrorFamily } from "./types.ts";

/** Failures of the two languages; `details.diagnostics` lists every root cause with its code and place. */
export const LANGUAGE_ERRORS = {
  schema_invalid: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "The schema has errors.",
    remedy: "Fix each listed place.",
  },
  migration_unsupported: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "The graph cannot be given this schema; `details.unsupported` lists why.",
    remedy:
      "Change the schema, or the entities in the way, as each reason says; `schema plan` shows all steps.",
  },
  query_invalid: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "The query source has errors.",
    remedy: "Fix each listed place.",
  },
  type_not_found: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "The schema has no type of that name.",
    remedy: "Name one of the schema's types.",
  },
  query_not_found: {
    code: "not_found",
    http: 404,
    exit: 1,
    meaning: "The source holds no query of that name.",
    remedy: "Name one of the queries that the message lists, or write one.",
  },
  query_name_required: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "The source holds several queries and none was named.",
    remedy: "Name one of them.",
  },
  query_kind_mismatch: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "A read was given where a mutation is needed, or the reverse.",
    remedy: "Use query for reads and mutate for mutations.",
  },
  parameter_invalid: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "A parameter is missing, null, out of range or of the wrong kind.",
    remedy: "Give the parameter a value of its declared type.",
  },
  json_invalid: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "A JSON text cannot be read.",
    remedy: "Fix the place that the message names.",
  },
} as const satisfies ErrorFamily;
