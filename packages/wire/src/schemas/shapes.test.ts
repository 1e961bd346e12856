import { ERRORS, parseJson, writeJson } from "@omnigraph/base";
import { describe, expect, it } from "vitest";
import type * as z from "zod";
import type { CommitJson, DiffJson, ErrorJson, MergePreviewJson, QueryJson } from "../shapes.generated.ts";
import { namedSchemas, SHAPES } from "./shapes.ts";

/** The example of a shape; an empty object, which no shape takes, where it has none. */
function exampleOf(shape: z.ZodType): object {
  const examples = shape.meta()?.["examples"];
  const [example] = Array.isArray(examples) ? examples : [];
  return typeof example === "object" && example !== null ? example : {};
}

const WHOLE = Object.entries(SHAPES);
const EXAMPLES = new Map(WHOLE.map(([name, shape]) => [name, exampleOf(shape)]));
const REQUESTS = WHOLE.map(([name]) => name).filter(
  (name) =>
    (name.endsWith("Request") && name !== "exportRequest") ||
    [
      "agentMessage",
      "blobParameters",
      "branchParameters",
      "commitListParameters",
      "loadParameters",
      "schemaParameters",
    ].includes(name),
);
const COMMIT = exampleOf(SHAPES.commit);

/** Whether a shape takes a value. */
const takes = (name: keyof typeof SHAPES, value: unknown): boolean => SHAPES[name].safeParse(value).success;

describe("the shapes of the wire", () => {
  it.each(WHOLE)("each shape takes its example: %s", (name, shape) => {
    expect(shape.parse(EXAMPLES.get(name))).toEqual(EXAMPLES.get(name));
  });

  it.each(WHOLE)(
    "a shape refuses a member that it does not know, but a request leaves it out: %s",
    (name, shape) => {
      const read = shape.safeParse({ ...EXAMPLES.get(name), colour: "red" });
      expect(read.success).toBe(REQUESTS.includes(name));
      if (read.success) expect(read.data).not.toHaveProperty("colour");
    },
  );

  it("the types of the shapes are generated from them", () => {
    // The compiler reads these: what a schema gives is of its generated type.
    const commit: CommitJson = SHAPES.commit.parse(COMMIT);
    const diff: DiffJson = SHAPES.diff.parse(EXAMPLES.get("diff"));
    const error: ErrorJson = SHAPES.error.parse(EXAMPLES.get("error"));
    const preview: MergePreviewJson = SHAPES.mergePreview.parse(EXAMPLES.get("mergePreview"));
    const rows: QueryJson = SHAPES.query.parse(EXAMPLES.get("query"));
    expect([commit.kind, diff.stat.length, error.code, preview.would, rows.row_count]).toEqual([
      "mutation",
      1,
      "conflict",
      "conflict",
      1,
    ]);
  });

  it("each shape has a name and a description", () => {
    for (const [name, { description, enum: choices }] of namedSchemas()) {
      expect(name).toMatch(/^[A-Z]\w+$/);
      if (choices === undefined) expect(description, name).toMatch(/\.$/);
    }
  });

  it("the shapes take every registered reason with its code, and no other", () => {
    for (const [reason, { code }] of Object.entries(ERRORS))
      expect(takes("error", { error: "text", code, reason })).toBe(true);
    expect(takes("error", { error: "text", code: "conflict", reason: "no_reason" })).toBe(false);
    expect(takes("error", { error: "text", code: "teapot", reason: "usage" })).toBe(false);
  });

  it("the shapes take values as the reader of JSON gives them, and no objects among them", () => {
    const text =
      '{"a":9007199254740993,"b":-0.0,"c":[0.1,null],"d":"2026-01-31","__proto__":[[1],[2]],"f":9007199254740994.0}';
    const line = { type: "P", data: parseJson(text) };
    expect(writeJson(SHAPES.nodeLine.parse(line).data)).toBe(
      text.replace("9007199254740994.0", "9007199254740994"),
    );
    for (const bad of [{ a: {} }, { a: [{}] }, [], null, { a: undefined }])
      expect(takes("nodeLine", { type: "P", data: bad })).toBe(false);
  });

  it("the shapes tell a member without a value from one that is left out", () => {
    expect(takes("commit", { ...COMMIT, actor_id: undefined })).toBe(false);
    expect(
      takes("merge", { source: "a", target: "b", outcome: "merged", actor_id: null, commit: null }),
    ).toBe(false);
    expect(takes("queryRequest", { query: "q", branch: null, params: null })).toBe(true);
    expect(takes("queryRequest", { query: "q", params: [] })).toBe(false);
  });
});
