import { writeJson } from "@omnigraph/base";
import type { AnswerValue, QueryAnswer } from "omnigraph";
import type { Terminal } from "../terminal.ts";
import { queryJson, targetJson, wireRows } from "./wire.ts";

export const FORMATS = ["table", "kv", "csv", "jsonl", "json"] as const;
export type Format = (typeof FORMATS)[number];

/** A read's answer as text, in one of the formats. */
export async function formatAnswer(answer: QueryAnswer, format: Format, terminal: Terminal): Promise<string> {
  switch (format) {
    case "json":
      return `${writeJson(queryJson(answer), 2)}\n`;
    case "jsonl":
      return [
        {
          kind: "metadata",
          query_name: answer.queryName,
          target: targetJson(answer),
          row_count: answer.rows.length,
        },
        ...wireRows(answer),
      ]
        .map((line) => `${writeJson(line)}\n`)
        .join("");
    case "csv":
      return [answer.columns, ...cells(answer)].map((row) => `${row.map(csvCell).join(",")}\n`).join("");
    case "kv":
      return summary(answer) + answer.rows.map((_, i) => keyValues(answer, i)).join("\n");
    case "table": {
      if (answer.rows.length === 0) return summary(answer);
      // What draws tables is loaded for those who want one: programs ask for JSON, and often.
      const { table } = await import("./table.ts");
      return summary(answer) + table(answer.columns, cells(answer), terminal);
    }
  }
}

function summary(answer: QueryAnswer): string {
  const target = answer.snapshot === null ? `branch ${answer.branch}` : `snapshot ${answer.snapshot}`;
  return `${answer.rows.length} row${answer.rows.length === 1 ? "" : "s"} from ${target} via ${answer.queryName}\n`;
}

function cells(answer: QueryAnswer): string[][] {
  return answer.rows.map((row) => answer.columns.map((column) => cell(row[column] ?? null)));
}

function cell(value: AnswerValue): string {
  return typeof value === "string" ? value : writeJson(value);
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function keyValues(answer: QueryAnswer, index: number): string {
  const row = answer.rows[index] ?? {};
  return `row ${index + 1}\n${answer.columns.map((column) => `${column}: ${cell(row[column] ?? null)}\n`).join("")}`;
}
