import { type CallToolResult, McpError } from "@modelcontextprotocol/sdk/types.js";
import { fateOf, given, isError, LIMITS, NumberText, OmnigraphError } from "@omnigraph/base";
import type { ToolFailureJson } from "@omnigraph/wire";
import type { GraphAccess } from "./access.ts";

/** JSON that any reader has exactly. */
type Plain = string | number | boolean | null | readonly Plain[] | { readonly [member: string]: Plain };

/**
 * A value as JSON that every reader has exactly: an integer beyond 2^53 is text, since most programs between a tool and its model read numbers as doubles, and
 * some fail on a `bigint`.
 */
export function plain(value: unknown): Plain {
  if (typeof value === "bigint") return exact(value);
  if (value instanceof NumberText) return value.text.replace(/\.0$/, "");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) return plainMembers(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return null;
}

function exact(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function plainMembers(value: object): { readonly [member: string]: Plain } {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
}

/** What is asked for less by, and what a call has already done. */
export interface Asked {
  /** How to ask for less, as the rest of a sentence. */
  readonly less: string;
  /** Whether the call had an effect, which is there although its answer is not. */
  readonly isDone: boolean;
}

/** The answer of a tool: its structured content, and the same as text for clients that show no other. Errors: `result_too_large`. */
export function success(answer: object, asked: Asked): CallToolResult {
  const structuredContent = plainMembers(answer);
  const text = JSON.stringify(structuredContent);
  checkSize(text, asked, commitOf(structuredContent["commit"]));
  return { content: [{ type: "text", text }], structuredContent };
}

/** Errors: `result_too_large`, with the size and how to ask for less. */
export function checkSize(text: string, { less, isDone }: Asked, commit?: string): void {
  const actual = Buffer.byteLength(text);
  const limit = LIMITS.agentAnswerBytes.value;
  if (actual <= limit) return;
  const size = `the answer has ${actual} bytes and the most that is answered is ${limit}`;
  const done =
    commit === undefined ? "what was asked is done" : `what was asked is done, as commit ${commit}`;
  throw new OmnigraphError(
    "result_too_large",
    isDone ? `${done}, but ${size}; ${less}` : `${size}; ${less}`,
    {
      details: { resource_limit: { resource: "answer_bytes", limit, actual }, ...given({ commit }) },
    },
  );
}

function commitOf(commit: Plain | undefined): string | undefined {
  if (typeof commit !== "object" || commit === null || !("graph_commit_id" in commit)) return undefined;
  const id = commit["graph_commit_id"];
  return typeof id === "string" ? id : undefined;
}

/** Details that an agent can act on. Others say where data are kept. */
const FACTS: ReadonlySet<string> = new Set([
  "action",
  "actor",
  "actual",
  "allowed",
  "argument",
  "at",
  "branch",
  "candidates",
  "change_diff_refusal",
  "change_feed_gap",
  "changes",
  "column",
  "commit",
  "diagnostics",
  "entity_id",
  "entity_kind",
  "forked_from",
  "key_conflict",
  "known",
  "line",
  "merge_conflicts",
  "op",
  "parameters",
  "places",
  "precondition_failure",
  "problems",
  "property",
  "queries",
  "query_name",
  "read_set_conflict",
  "reads",
  "resource_limit",
  "type_name",
  "unsupported",
  "unused_resolutions",
]);

/** What became of a call that failed, for an agent. Details that are larger than an answer may be are left out, and that is said. */
export function failureJson(thrown: unknown, access: Pick<GraphAccess, "told">): ToolFailureJson {
  const { error, message } = access.told(thrown);
  const { code, remedy } = error.entry;
  const head = { error: message, code, reason: error.reason, remedy };
  const facts = Object.entries(error.details).filter(([name]) => FACTS.has(name));
  if (facts.length === 0) return head;
  const details = plainMembers(Object.fromEntries(facts));
  const bytes = Buffer.byteLength(JSON.stringify(details));
  if (bytes <= LIMITS.agentAnswerBytes.value) return { ...head, details };
  const wherefrom = isError(error, "merge_conflict")
    ? "; preview-merge answers the conflicts page by page"
    : "";
  return { ...head, error: `${message} (${bytes} bytes of details are left out${wherefrom})` };
}

/** A failure as an error of the protocol: in one text, and as its data. */
export function protocolError(code: number, told: ToolFailureJson): McpError {
  const { error, remedy } = told;
  return new McpError(code, error.includes(remedy) ? error : `${error} ${remedy}`, told);
}

/** The answer of a tool that failed. */
export function failure(
  thrown: unknown,
  access: Pick<GraphAccess, "told">,
  isWrite: boolean,
): CallToolResult {
  const told = failureJson(thrown, access);
  // What was done, and only its answer is too large, has not failed.
  const isFailed = isWrite && told.reason !== "result_too_large";
  const structuredContent = { ...told, ...(isFailed ? { fate: fateOf(told) } : {}) };
  return {
    isError: true,
    content: [{ type: "text", text: JSON.stringify(structuredContent) }],
    structuredContent,
  };
}
