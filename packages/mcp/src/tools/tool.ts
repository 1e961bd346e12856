import type { CallToolResult, ToolAnnotations } from "@modelcontextprotocol/sdk/types.js";
import { OmnigraphError } from "@omnigraph/base";
import { problemsOf, type SHAPES } from "@omnigraph/wire/schemas";
import type { Omnigraph } from "omnigraph";
import * as z from "zod";
import type { AgentLimits, GraphAccess } from "../access.ts";
import { failure, success } from "../answers.ts";

/** A shape of the wire, by its name. */
export type ShapeName = keyof typeof SHAPES;

/** A call of a tool. */
export interface ToolCall {
  readonly access: GraphAccess;
  /** Its signal aborts when nobody waits for the answer any more. */
  readonly limits: AgentLimits;
}

/** What a tool does to the graph. */
export const READS: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
/** Only adds; repeated, it fails or adds once more. */
export const ADDS: ToolAnnotations = { ...READS, readOnlyHint: false, idempotentHint: false };
/** May overwrite or delete. */
export const CHANGES: ToolAnnotations = { ...ADDS, destructiveHint: true };

/** A tool as it is listed and called. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly output: ShapeName;
  /** JSON Schema of its arguments. */
  input(): Promise<object>;
  run(call: ToolCall, given: Readonly<Record<string, unknown>>): Promise<CallToolResult>;
}

/** What a tool is declared by. */
interface Declared<Members extends z.ZodRawShape> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly input: Members;
  readonly output: ShapeName;
  /** How to ask for less where the answer is too large, as the rest of a sentence. */
  readonly less: string;
  /** JSON schemas of arguments that something else checks. */
  readonly schemas?: () => Promise<Readonly<Record<string, object>>>;
  readonly run: (
    graph: Omnigraph,
    input: z.infer<z.ZodObject<Members, z.core.$strict>>,
    call: ToolCall,
  ) => Promise<object>;
}

/** Declares a tool: its arguments are read by their shape before it runs, and whatever it throws is told as an answer. */
export function defineTool<Members extends z.ZodRawShape>(declared: Declared<Members>): Tool {
  const { name, title, description, annotations, output, less, schemas } = declared;
  const shape = z.strictObject(declared.input);
  const isWrite = annotations.readOnlyHint !== true;
  return {
    name,
    title,
    description,
    annotations,
    output,
    input: async () => inputSchema(shape, (await schemas?.()) ?? {}),
    run: (call, given) =>
      answered(call, { less, isWrite }, async () => {
        const read = readAs(shape, given);
        return declared.run(await call.access.graph(), read, call);
      }),
  };
}

/** Runs the work of a tool, admitted if it writes. */
export async function answered(
  { access, limits }: ToolCall,
  { less, isWrite }: { readonly less: string; readonly isWrite: boolean },
  work: () => Promise<object>,
): Promise<CallToolResult> {
  let done: (() => void) | null = null;
  try {
    if (isWrite) done = access.admit();
    const answer = await work();
    if (!isWrite && limits.signal.aborted) throw new OmnigraphError("aborted", "the call was cancelled");
    return success(answer, { less, isDone: isWrite });
  } catch (thrown) {
    return failure(thrown, access, isWrite);
  } finally {
    done?.();
  }
}

/** JSON Schema of arguments; `schemas` has those of arguments that something else checks, `required` which of these must be given. */
export function inputSchema(
  shape: z.ZodType,
  schemas: Readonly<Record<string, object>>,
  required: readonly string[] = [],
): object {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io: "input", unrepresentable: "any" });
  return {
    ...schema,
    properties: { ...schema.properties, ...schemas },
    required: [...(schema.required ?? []), ...required],
  };
}

/** Reads arguments. One that is null is as good as one that is left out. Errors: `request_invalid`, with each place. */
export function readAs<Shape extends z.ZodType>(
  shape: Shape,
  given: Readonly<Record<string, unknown>>,
): z.infer<Shape> {
  const read = shape.safeParse(
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)),
  );
  if (read.success) return read.data;
  const places = problemsOf(read.error);
  throw new OmnigraphError("request_invalid", `the arguments do not fit: ${places.join("; ")}`, {
    details: { places },
  });
}
