import { counted, writeJson } from "@omnigraph/base";
import { queryJson, rowsHeadJson, rowsJson } from "@omnigraph/wire";
import type { AnswerValue, QueryAnswer } from "omnigraph";
import type { Terminal } from "../terminal.ts";
import { joined, type Shown, shown } from "./shown.ts";

export const FORMATS = ["table", "kv", "csv", "jsonl", "json"] as const;
export type Format = (typeof FORMATS)[number];

/** Rows that are written at one time. */
const PIECE_ROWS = 1000;

/** Prints a read's answer in one of the formats: three are data, two are for people. */
export async function printAnswer(answer: QueryAnswer, format: Format, terminal: Terminal): Promise<void> {
  const { out } = terminal;
  switch (format) {
    case "json":
      return out.data(`${writeJson(queryJson(answer), 2)}\n`);
    case "jsonl":
      for (const piece of piecesOf(jsonLines(answer))) await out.data(piece.join(""));
      return;
    case "csv":
      for (const piece of piecesOf(csvLines(answer))) await out.data(piece.join(""));
      return;
    case "kv":
      await out.say(summary(answer));
      for (const piece of piecesOf(keyValues(answer))) await out.say(joined(piece));
      return;
    case "table": {
      await out.say(summary(answer));
      // Loaded only when a table is printed: programs ask for JSON, and often.
      const { tablePieces } = await import("./table.ts");
      const head = answer.columns.map((name) =>
        isNumeric(answer, name) ? { name, align: "right" as const } : name,
      );
      for await (const piece of tablePieces(head, cells(answer), terminal)) await out.say(piece);
    }
  }
}

function* piecesOf<T>(all: Iterable<T>): Generator<readonly T[]> {
  let piece: T[] = [];
  for (const one of all) {
    piece.push(one);
    if (piece.length < PIECE_ROWS) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

function summary(answer: QueryAnswer): Shown {
  const target = answer.snapshot === null ? `branch ${answer.branch}` : `snapshot ${answer.snapshot}`;
  return shown`${counted(answer.rows.length, "row")} from ${target} via ${answer.queryName}\n`;
}

function* cells(answer: QueryAnswer): Generator<readonly string[]> {
  for (const row of answer.rows) yield answer.columns.map((column) => textOf(row[column] ?? null));
}

/** Whether a column has only numbers, and at least one, in the first rows. */
function isNumeric({ rows }: QueryAnswer, column: string): boolean {
  const values = rows.slice(0, PIECE_ROWS).map((row) => row[column] ?? null);
  const held = values.filter((value) => value !== null);
  return held.length > 0 && held.every((value) => typeof value === "number" || typeof value === "bigint");
}

function textOf(value: AnswerValue): string {
  return typeof value === "string" ? value : writeJson(value);
}

function* csvLines({ columns, rows }: QueryAnswer): Generator<string> {
  yield `${columns.map(csvText).join(",")}\n`;
  for (const row of rows) yield `${columns.map((column) => csvCell(row[column] ?? null)).join(",")}\n`;
}

/** A cell as CSV. Null is written as `null`, by contract; a text that could be taken for null is quoted. */
function csvCell(value: AnswerValue): string {
  if (value === null) return "null";
  if (typeof value !== "string") return csvText(writeJson(value));
  return value === "" || value === "null" ? `"${value}"` : csvText(value);
}

function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function* jsonLines(answer: QueryAnswer): Generator<string> {
  yield `${writeJson(rowsHeadJson(answer))}\n`;
  for (const row of rowsJson(answer)) yield `${writeJson(row)}\n`;
}

function* keyValues({ columns, rows }: QueryAnswer): Generator<Shown> {
  for (const [index, row] of rows.entries()) {
    const values = columns.map((column) => shown`${column}: ${textOf(row[column] ?? null)}\n`);
    yield joined([shown`${index === 0 ? "" : shown`\n`}row ${index + 1}\n`, ...values]);
  }
}
