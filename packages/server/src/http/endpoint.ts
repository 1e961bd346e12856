import { OmnigraphError } from "@omnigraph/base";
import { problemsOf, SHAPES } from "@omnigraph/wire/schemas";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Readable } from "node:stream";
import type * as z from "zod";
import type { Caller, ServedGraph } from "../boot/served-graph.ts";
import type { Served } from "../boot/served.ts";
import type { Answers } from "./answers.ts";

/** A shape of the wire, by its name. */
export type ShapeName = keyof typeof SHAPES;

type Read<Name extends ShapeName | null> = Name extends ShapeName ? z.infer<(typeof SHAPES)[Name]> : null;

/** As the library takes them. */
interface CallLimits {
  readonly signal: AbortSignal;
  readonly deadlineMs?: number;
}

/** A call of an endpoint. */
export interface Call {
  readonly served: Served;
  readonly caller: Caller;
  /** What its answer becomes. */
  readonly says: Answers;
  /** What ends the call: that whoever called has left, and the deadline that they gave. */
  readonly limits: CallLimits;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Admits a write of the caller's; the function that it answers is called once it has ended. Errors: `too_many_requests`. */
  admit(): () => void;
  /** The graph of the path. Errors: `graph_not_found`. */
  graph(): ServedGraph;
  /** A part of the path. */
  part(name: string): string;
  /** Whether the token of the call is still one of the server's. */
  isStillKnown(): boolean;
  /** What the server has counted. */
  metricsText(): string;
}

/** What is answered where the headers are all of it. */
export const NO_BODY: unique symbol = Symbol("no body");

/** What is answered: an object as JSON, a text, a stream of what the endpoint declares, or an answer with a status and headers of its own. */
export type Answer = object | string | Readable | Response | typeof NO_BODY;

/** What an answer is made of: JSON, lines of JSON, server-sent events, the metrics of Prometheus, or bytes of any kind. */
export type AnswerType = "json" | "ndjson" | "events" | "metrics" | "octets";

export const MEDIA: Readonly<Record<AnswerType, string>> = {
  json: "application/json",
  ndjson: "application/x-ndjson",
  events: "text/event-stream",
  metrics: "text/plain; version=0.0.4; charset=utf-8",
  octets: "application/octet-stream",
};

/** How the body of a call is read. */
export interface BodyRule {
  /** JSON of a shape, or a stream of NDJSON. */
  readonly type: "json" | "ndjson";
  readonly isOptional: boolean;
  /** Most bytes; null for no limit. */
  readonly bytes: number | null;
}

/** One call of the contract: what `/openapi.json` says of it, and what it does. */
export interface Endpoint {
  readonly method: "GET" | "HEAD" | "POST" | "DELETE";
  /** As OpenAPI writes it: `/graphs/{graph_id}/query`. */
  readonly path: string;
  readonly operation: string;
  readonly tag: string;
  readonly summary: string;
  /** Statuses of failures. */
  readonly failures: readonly number[];
  /** Statuses besides 200 with what it answers. */
  readonly alsoAnswers: readonly number[];
  /** What it answers: JSON of one of some shapes, lines of NDJSON, of which the last may have a shape, or something else. */
  readonly answer: { readonly shapes: readonly ShapeName[]; readonly type: AnswerType };
  readonly body: BodyRule | null;
  readonly bodyShape: ShapeName | null;
  readonly parameters: ShapeName | null;
  /** Whether it takes the condition `Omnigraph-If-Graph-Commit`; a write without it refuses the header. */
  readonly isConditional: boolean;
  /** Whether it writes, so that it is admitted only while the actor has few writes in flight. */
  readonly isWrite: boolean;
  /** Whether it needs no token. */
  readonly isOpen: boolean;
  /** The path that takes its place; null where it is not deprecated. */
  readonly successor: string | null;
  /** Whether wrong parameters are told as plain text, as the contract has it there. */
  readonly saysText: boolean;
  readonly run: (call: Call) => Promise<Answer>;
}

/** What an endpoint is declared by; what is left out is as for most. */
type Declared<Body extends ShapeName | null, Parameters extends ShapeName | null> = Pick<
  Endpoint,
  "method" | "path" | "operation" | "tag" | "summary" | "failures"
> &
  Partial<
    Pick<Endpoint, "alsoAnswers" | "body" | "isConditional" | "isWrite" | "isOpen" | "successor" | "saysText">
  > & {
    readonly answer: ShapeName | Endpoint["answer"];
    readonly bodyShape?: Body;
    readonly parameters?: Parameters;
    /** Other names of members of the body. */
    readonly aliases?: Readonly<Record<string, string>>;
    readonly run: (call: Call, body: Read<Body>, parameters: Read<Parameters>) => Promise<Answer>;
  };

/** Declares an endpoint: its body and its parameters are read by their shapes before it runs. */
export function endpoint<Body extends ShapeName | null = null, Parameters extends ShapeName | null = null>(
  declared: Declared<Body, Parameters>,
): Endpoint {
  const { answer, bodyShape, parameters, aliases = {}, run, ...rest } = declared;
  return {
    body: null,
    alsoAnswers: [],
    isConditional: false,
    isWrite: false,
    isOpen: false,
    successor: null,
    saysText: false,
    ...rest,
    answer: typeof answer === "string" ? { shapes: [answer], type: "json" } : answer,
    bodyShape: bodyShape ?? null,
    parameters: parameters ?? null,
    run: async (call) => {
      const { body, query } = call.request;
      // Cast: what a shape reads is of its type, and nothing is read where there is none.
      const read = (
        bodyShape == null ? null : readAs(bodyShape, renamed(body ?? {}, aliases), "the body")
      ) as Read<Body>;
      const given = (
        parameters == null ? null : readAs(parameters, parametersOf(parameters, query), "the parameters")
      ) as Read<Parameters>;
      return run(call, read, given);
    },
  };
}

/** The older name of a call, under which it does the same and points to the newer one. */
export function olderName(
  newer: Endpoint,
  older: { readonly path: string; readonly operation: string; readonly successor: string },
): Endpoint {
  return { ...newer, ...older };
}

function renamed(body: unknown, aliases: Readonly<Record<string, string>>): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  const members = new Map(Object.entries(body));
  for (const [old, now] of Object.entries(aliases))
    if (members.has(old) && !members.has(now)) members.set(now, members.get(old));
  return Object.fromEntries(members);
}

/** Reads a value by a shape. Errors: `request_invalid`, with each place. */
function readAs(name: ShapeName, value: unknown, what: string): unknown {
  const read = SHAPES[name].safeParse(value);
  if (read.success) return read.data;
  const problems = problemsOf(read.error).join("; ");
  throw new OmnigraphError("request_invalid", `${what} of the call: ${problems}`);
}

/** Parameters behind a path as their shape has them: those that may stand several times as lists, numbers as numbers. */
function parametersOf(name: ShapeName, query: unknown): Record<string, unknown> {
  const shape = SHAPES[name];
  const members: Readonly<Record<string, z.ZodType>> = "shape" in shape ? shape.shape : {};
  // Cast: fastify's own reader gives texts and lists of texts by name.
  const given = query as Readonly<Record<string, string | readonly string[]>>;
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      const member = Object.hasOwn(members, key) ? members[key] : undefined;
      return [key, member === undefined ? value : asMember(member, value)];
    }),
  );
}

function asMember(member: z.ZodType, value: string | readonly string[]): unknown {
  if (member.safeParse([]).success) return Array.isArray(value) ? value : [value];
  if (member.safeParse(true).success && (value === "true" || value === "false")) return value === "true";
  if (member.safeParse(1).success && typeof value === "string" && /^\d{1,16}$/.test(value))
    return Number(value);
  return value;
}
