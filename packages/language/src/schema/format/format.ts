import { OmnigraphError } from "@omnigraph/base";
import { Diagnostics } from "../../text/diagnostics.ts";
import { Trivia } from "../../text/trivia.ts";
import { Writer } from "../../text/writer.ts";
import type { Source } from "../../text/source.ts";
import { parseSchema } from "../syntax/parse.ts";
import { printHead, printMember } from "./print.ts";
import type { DeclarationNode, SchemaFileNode } from "../syntax/tree.ts";

/**
 * Formats a source. Comments are kept, and formatting the result again changes nothing. A declaration written on one line stays
 * on one line if it fits.
 * Errors: schema_invalid when the source cannot be parsed.
 */
export function formatSchema(source: Source): string {
  const diagnostics = new Diagnostics(source);
  const file = parseSchema(source, diagnostics);
  if (file !== null) return layOut(file, new Trivia(source.text));
  diagnostics.throwIfErrors("schema_invalid");
  throw new OmnigraphError("internal", "invariant broken: a refused source without a diagnostic");
}

/** A tree as text; its spans are ignored. @internal Tests print generated trees. */
export function printSchema(file: SchemaFileNode): string {
  return layOut(file, new Trivia(""));
}

function layOut({ declarations, span }: SchemaFileNode, trivia: Trivia): string {
  const writer = new Writer(trivia);
  let broken = false;
  for (const [index, declaration] of declarations.entries()) {
    const line = onOneLine(declaration);
    const whole =
      writer.fits(line) && !trivia.isMultiline(declaration.span) && !trivia.hasWithin(declaration.span);
    const long = !whole && (declaration.body?.members.length ?? 0) > 0;
    if (index > 0 && (broken || long)) writer.space();
    if (whole || declaration.body === null) writer.line(line, declaration.span);
    else layOutBody(writer, declaration, declaration.body);
    broken = long;
  }
  writer.comments(Math.max(span.end, trivia.length) + 1);
  return writer.text();
}

function onOneLine(declaration: DeclarationNode): string {
  const head = printHead(declaration);
  if (declaration.body === null) return head;
  const members = declaration.body.members.map(printMember);
  return members.length === 0 ? `${head} {}` : `${head} { ${members.join("  ")} }`;
}

function layOutBody(
  writer: Writer,
  declaration: DeclarationNode,
  { members, open, close }: NonNullable<DeclarationNode["body"]>,
): void {
  if (members.length === 0 && !writer.trivia.hasWithin({ start: open.start, end: close.end })) {
    writer.line(`${printHead(declaration)} {}`, declaration.span);
    return;
  }
  writer.line(`${printHead(declaration)} {`, { start: declaration.span.start, end: open.end });
  writer.indented(() => {
    for (const member of members) writer.line(printMember(member), member.span);
  }, close.start);
  writer.close("}", close.start, close.end);
}
