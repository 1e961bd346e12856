import { OmnigraphError, unreachable } from "@omnigraph/base";
import { Diagnostics } from "../../text/diagnostics.ts";
import type { Source, Span } from "../../text/source.ts";
import { parseQueries } from "../syntax/parse.ts";
import * as print from "./print.ts";
import type {
  BindingNode,
  ClauseNode,
  EntryNode,
  NestedNode,
  QueryFileNode,
  QueryNode,
  ReadNode,
  StatementNode,
} from "../syntax/tree.ts";
import { Trivia } from "../../text/trivia.ts";
import { Writer } from "../../text/writer.ts";

/**
 * Formats a source. Comments are kept, and formatting the result again changes nothing. A query written on one line stays
 * on one line if it fits.
 * Errors: query_invalid when the source cannot be parsed.
 */
export function formatQueries(source: Source): string {
  const parsed = parseQueries(source);
  if (parsed.ok) return layOut(parsed.file, new Trivia(source.text));
  const found = new Diagnostics(source);
  found.add(parsed.finding);
  found.throwIfErrors("query_invalid");
  throw new OmnigraphError("internal", "invariant broken: a refused source without a diagnostic");
}

/** A tree as text; its spans are ignored. @internal Tests print generated trees. */
export function printQueries(file: QueryFileNode): string {
  return layOut(file, new Trivia(""));
}

function layOut({ queries, span }: QueryFileNode, trivia: Trivia): string {
  const writer = new Writer(trivia);
  let broken = false;
  for (const [index, query] of queries.entries()) {
    const line = print.printQuery(query);
    const whole = writer.fits(line) && !trivia.isMultiline(query.span) && !trivia.hasWithin(query.span);
    if (index > 0 && (broken || !whole)) writer.space();
    if (whole) writer.line(line, query.span);
    else layOutQuery(writer, query);
    broken = !whole;
  }
  writer.comments(Math.max(span.end, trivia.length) + 1);
  return writer.text();
}

function layOutQuery(writer: Writer, node: QueryNode): void {
  if (node.bare) {
    layOutBody(writer, node);
    return;
  }
  layOutHead(writer, node);
  writer.indented(() => layOutBody(writer, node), writer.tokenAfter(node.body.span.end));
  writer.close("}", writer.tokenAfter(node.body.span.end), node.span.end);
}

function layOutBody(writer: Writer, { body }: QueryNode): void {
  if (body.kind === "read") layOutRead(writer, body);
  else for (const statement of body.statements) layOutStatement(writer, statement);
}

function layOutHead(writer: Writer, node: QueryNode): void {
  const { name, parameters, annotations, span } = node;
  const listStart = writer.tokenAfter(name.span.end);
  const listEnd = writer.closerAfter(parameters.at(-1)?.span.end ?? listStart + 1) + 1;
  const head = print.printHead(node);
  const bodyStart = writer.tokenAfter(annotations.at(-1)?.span.end ?? listEnd) + 1;
  if (writer.fits(`${head} {`)) {
    writer.line(`${head} {`, { start: span.start, end: bodyStart });
    return;
  }
  const items = parameters.map((parameter) => ({
    text: print.printParameter(parameter),
    span: parameter.span,
  }));
  const opener = `query ${name.text}(`;
  const signature = `${opener}${items.map(({ text }) => text).join(", ")})`;
  const tail = annotations.length === 0 ? ") {" : ")";
  if (annotations.length > 0 && writer.fits(signature)) {
    writer.line(signature, { start: span.start, end: listEnd });
  } else {
    writer.line(opener, { start: span.start, end: listStart + 1 });
    const end = annotations.length === 0 ? bodyStart : listEnd;
    writer.indented(() => writer.list(items), end);
    writer.close(tail, listEnd - 1, end);
  }
  if (annotations.length === 0) return;
  writer.indented(() => {
    for (const annotation of annotations) writer.line(print.printAnnotation(annotation), annotation.span);
  }, bodyStart - 1);
  writer.line("{", { start: bodyStart - 1, end: bodyStart });
}

function layOutRead(writer: Writer, node: ReadNode): void {
  const { clauses, columns, distinct, having, order, limit, offset, span } = node;
  const open = writer.tokenAfter(span.start + "match".length);
  writer.line("match {", { start: span.start, end: open + 1 });
  const close = writer.tokenAfter(endOf(clauses));
  writer.indented(() => layOutClauses(writer, clauses), close);
  writer.close("}", close, close + 1);
  const keyword = print.returnKeyword(distinct);
  let end = layOutPart(writer, keyword, columns, print.printColumn, close + 1);
  if (having.length > 0) end = layOutHaving(writer, having, end);
  if (order.length > 0) end = layOutPart(writer, "order", order, print.printOrder, end);
  for (const [word, count] of [
    ["limit", limit],
    ["offset", offset],
  ] as const) {
    if (count === null) continue;
    writer.line(`${word} ${print.printRowCount(count)}`, {
      start: writer.tokenAfter(end),
      end: count.span.end,
    });
    end = count.span.end;
  }
}

/** Writes `having { … }`, on one line where it fits; answers where it ends in the source. */
function layOutHaving(writer: Writer, conditions: ReadNode["having"], after: number): number {
  const start = writer.tokenAfter(after);
  const open = writer.afterWords("having", start);
  const close = writer.closerAfter(endOf(conditions));
  const span = { start, end: close + 1 };
  const line = `having { ${print.printClauses(conditions).join(" ")} }`;
  if (writer.fits(line) && !writer.trivia.isMultiline(span) && !writer.trivia.hasWithin(span)) {
    writer.line(line, span);
    return close + 1;
  }
  writer.line("having {", { start, end: open + 1 });
  writer.indented(() => layOutClauses(writer, conditions), close);
  writer.close("}", close, close + 1);
  return close + 1;
}

/** Writes `return { … }` or `order { … }`; answers where it ends in the source. The words of `keyword` are tokens of their own. */
function layOutPart<Node extends { readonly span: Span }>(
  writer: Writer,
  keyword: string,
  nodes: readonly Node[],
  show: (node: Node) => string,
  after: number,
): number {
  const start = writer.tokenAfter(after);
  const open = writer.afterWords(keyword, start);
  const close = writer.closerAfter(endOf(nodes));
  const items = nodes.map((node) => ({ text: show(node), span: node.span }));
  writer.braces({ head: keyword, items, tail: "}", start, open, close, end: close + 1 });
  return close + 1;
}

function layOutClauses(writer: Writer, clauses: readonly ClauseNode[]): void {
  const lines = print.printClauses(clauses);
  for (const [at, clause] of clauses.entries()) {
    switch (clause.kind) {
      case "binding":
        layOutBinding(writer, clause);
        break;
      case "nested":
        layOutNested(writer, clause);
        break;
      case "traversal":
      case "filter":
      case "null_test":
      case "truth":
      case "and":
      case "or":
      case "negation":
      case "text":
        writer.line(lines[at] ?? "", clause.span);
        break;
      default:
        unreachable(clause);
    }
  }
}

function layOutBinding(writer: Writer, node: BindingNode): void {
  const { variable, type, entries, span } = node;
  if (entries.length === 0) {
    writer.line(print.printClause(node), span);
    return;
  }
  layOutEntries(writer, `$${variable.text}: ${type.text}`, entries, span.start, type.span.end);
}

function layOutEntries(
  writer: Writer,
  head: string,
  entries: readonly EntryNode[],
  start: number,
  headEnd: number,
  where: { readonly text: string; readonly span: Span } | null = null,
): void {
  const open = writer.tokenAfter(headEnd);
  const close = writer.closerAfter(entries.length === 0 ? open + 1 : endOf(entries));
  const items = entries.map((entry) => ({ text: print.printEntry(entry), span: entry.span }));
  const tail = where === null ? "}" : `} ${where.text}`;
  writer.braces({ head, items, tail, start, open, close, end: where?.span.end ?? close + 1 });
}

function layOutNested(writer: Writer, node: NestedNode): void {
  const line = print.printClause(node);
  if (writer.fits(line) && !writer.trivia.isMultiline(node.span) && !writer.trivia.hasWithin(node.span)) {
    writer.line(line, node.span);
    return;
  }
  const open = writer.afterWords(node.keyword, node.span.start);
  writer.line(`${node.keyword} {`, { start: node.span.start, end: open + 1 });
  writer.indented(() => layOutClauses(writer, node.clauses), node.span.end - 1);
  writer.close("}", node.span.end - 1, node.span.end);
}

function layOutStatement(writer: Writer, node: StatementNode): void {
  const { type, span } = node;
  switch (node.kind) {
    case "insert":
    case "upsert":
      layOutEntries(writer, `${node.kind} ${type.text}`, node.entries, span.start, type.span.end);
      break;
    case "update": {
      const head = `update ${type.text} set`;
      const where = { text: print.printWhere(node.where), span: node.where.span };
      const headEnd = writer.tokenAfter(type.span.end) + "set".length;
      layOutEntries(writer, head, node.entries, span.start, headEnd, where);
      break;
    }
    case "delete":
      writer.line(print.printStatement(node), span);
      break;
    default:
      unreachable(node);
  }
}

function endOf(nodes: readonly { readonly span: Span }[]): number {
  return nodes.at(-1)?.span.end ?? 0;
}
