// What the library's declarations say to those who use it: every export with its members, texts, errors and examples.
import { join } from "node:path";
import ts from "typescript";
import { ENTRIES, ROOT } from "./published.mjs";

/**
 * What a docstring says: words, the texts of `@throws`, the code of `@example`.
 * @typedef {{ text: string, throws: string[], examples: string[] }} Doc
 * @typedef {"class" | "interface" | "type" | "function" | "const"} ExportKind
 * @typedef {{ name: string, kind: "method" | "property", isStatic: boolean, optional: boolean, doc: Doc, text: string, type: string }} Member
 * @typedef {{ name: string, kind: ExportKind, doc: Doc, members: Member[], heritage: string[], text: string }} Export
 */

/**
 * The exports of an entry, in the order of the index. Needs what `tsc -b` built.
 * @returns {Export[]}
 */
export function publicDocs({ declarations } = ENTRIES["."]) {
  const entry = join(ROOT, declarations);
  const program = ts.createProgram([entry], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
  return checker.getExportsOfModule(module).map((symbol) => {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const target = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
    return exported(symbol.name, target.declarations[0]);
  });
}

function exported(name, declaration) {
  return {
    name,
    kind: kindOf(declaration),
    doc: docOf(declaration),
    members: (declaration.members ?? []).flatMap(membersOf),
    heritage: (declaration.heritageClauses ?? []).flatMap(({ types }) => types.map(textOf)),
    text: signatureOf(name, declaration),
  };
}

/** The type that an alias stands for or that a constant has, a function with its parameters; nothing where members say it. */
function signatureOf(name, declaration) {
  if (ts.isFunctionDeclaration(declaration))
    return `${name}${textOf(declaration)
      .replace(/^.*?\(/, "(")
      .replace(/;$/, "")}`;
  return declaration.type === undefined ? "" : textOf(declaration.type);
}

function kindOf(declaration) {
  if (ts.isClassDeclaration(declaration)) return "class";
  if (ts.isInterfaceDeclaration(declaration)) return "interface";
  if (ts.isTypeAliasDeclaration(declaration)) return "type";
  return ts.isFunctionDeclaration(declaration) ? "function" : "const";
}

/** A member; those of an object that groups calls as members of their own, `schema.show`. */
function membersOf(member) {
  if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return [];
  const flags = ts.getCombinedModifierFlags(member);
  if ((flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0) return [];
  const name = ts.isConstructorDeclaration(member) ? "constructor" : textOf(member.name);
  const type = member.type === undefined ? "" : textOf(member.type);
  const isCall = ts.isMethodDeclaration(member) || ts.isMethodSignature(member);
  const one = {
    name,
    kind: isCall || ts.isConstructorDeclaration(member) ? "method" : "property",
    isStatic: (flags & ts.ModifierFlags.Static) !== 0,
    optional: member.questionToken !== undefined,
    doc: docOf(member),
    text: textOf(member)
      .replace(/;$/, "")
      .replace(/^static /, ""),
    type,
  };
  if (member.type !== undefined && ts.isFunctionTypeNode(member.type) && !one.optional)
    return [{ ...one, kind: "method", text: `${name}${type.replace(/ => (?=[^=]*$)/, ": ")}` }];
  if (member.type === undefined || !ts.isTypeLiteralNode(member.type)) return [one];
  const inner = member.type.members.flatMap(membersOf);
  if (!inner.some(({ kind }) => kind === "method")) return [one];
  return inner.map((each) => ({ ...each, name: `${name}.${each.name}`, text: `${name}.${each.text}` }));
}

function textOf(node) {
  return node.getText().replaceAll(/\s+/g, " ");
}

function docOf(declaration) {
  // The comment of a variable is that of its statement.
  const holder = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const comment = holder.jsDoc?.at(-1);
  const tags = (wanted) =>
    (comment?.tags ?? [])
      .filter(({ tagName }) => tagName.text === wanted)
      .map((tag) => (ts.getTextOfJSDocComment(tag.comment) ?? "").trim());
  return {
    text: (ts.getTextOfJSDocComment(comment?.comment) ?? "").trim(),
    throws: tags("throws"),
    examples: tags("example").map((text) => /^```ts\n(?<code>.*)\n```$/s.exec(text)?.groups.code ?? text),
  };
}

/**
 * The reasons that the text of a `@throws` begins with: `` `a`, `b` where … ``.
 * @param {string} text
 * @returns {string[]}
 */
export function reasonsOf(text) {
  const [list = ""] = /^(?:`[a-z_]+`(?:, )?)+/.exec(text) ?? [];
  return [...list.matchAll(/`(?<reason>[a-z_]+)`/g)].map(({ groups }) => groups.reason);
}
