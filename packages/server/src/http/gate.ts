import { OmnigraphError } from "@omnigraph/base";
import type { FastifyRequest } from "fastify";
import { Readable } from "node:stream";
import type { Caller } from "../boot/served-graph.ts";
import type { Served } from "../boot/served.ts";
import type { Endpoint } from "./endpoint.ts";

/** The contract that is spoken. */
const CONTRACT = "0.10";
/** The header that makes a write conditional. */
export const CONDITION_HEADER = "omnigraph-if-graph-commit";
/** The header that says how long a call may take. */
const DEADLINE_HEADER = "omnigraph-deadline-ms";
const MILLISECONDS = /^\d{1,9}$/;

/** The actor of a call's token. Null: nobody is asked. Errors: `unauthorized`. */
export function callerOf({ headers }: FastifyRequest, { tokens }: Served): Caller {
  if (tokens === null) return null;
  const [scheme, token, more] = (headers.authorization ?? "").split(" ");
  const isBearer = scheme?.toLowerCase() === "bearer" && token !== undefined && more === undefined;
  const actor = isBearer ? tokens.actorOf(token) : null;
  if (actor === null) throw new OmnigraphError("unauthorized", "no token, or none that this server knows");
  return { actor };
}

/** Errors: `api_contract_mismatch`, `request_invalid` for a condition where none is taken. */
export function checkHeaders({ headers }: FastifyRequest, { isConditional }: Endpoint): void {
  const contract = headers["omnigraph-http-api"];
  if (contract !== undefined && contract !== CONTRACT)
    throw new OmnigraphError(
      "api_contract_mismatch",
      `this server speaks the contract ${CONTRACT} and no other`,
    );
  if (!isConditional && headers[CONDITION_HEADER] !== undefined)
    throw new OmnigraphError(
      "request_invalid",
      "this call takes no condition: send Omnigraph-If-Graph-Commit to its path with /if-graph-commit",
    );
  deadlineOf(headers);
}

/** How long a call may take at most, where it says so. Errors: `request_invalid`. */
export function deadlineOf(headers: FastifyRequest["headers"]): { readonly deadlineMs?: number } {
  const value = headers[DEADLINE_HEADER];
  if (value === undefined) return {};
  if (typeof value === "string" && MILLISECONDS.test(value)) return { deadlineMs: Number(value) };
  throw new OmnigraphError("request_invalid", "Omnigraph-Deadline-Ms is a number of milliseconds");
}

/** Errors: `media_type_unsupported` for a body of another kind, `request_invalid` for none. */
export function checkType({ headers, body: read }: FastifyRequest, { body }: Endpoint): void {
  if (body === null) return;
  const isStream = read instanceof Readable;
  if (isStream !== (body.type === "ndjson") && read !== undefined)
    throw new OmnigraphError(
      "media_type_unsupported",
      `the body must be application/${body.type === "ndjson" ? "x-ndjson" : "json"}`,
    );
  if (read === undefined && !body.isOptional && body.type === "json")
    throw new OmnigraphError(
      headers["content-type"] === undefined ? "media_type_unsupported" : "request_invalid",
      "the call needs a body of application/json",
    );
}
