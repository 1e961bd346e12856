import ts from "typescript";

export interface PublicTypes {
  /** What the module exports, by name; `type` of what a program can only name. */
  readonly exported: readonly { readonly name: string; readonly type: boolean }[];
  /** Types that an export names and that the module does not export: `Name, named by Export`. */
  readonly missing: readonly string[];
}

/** What a module exports, and which types of `own` files it names without exporting them. */
export function publicTypes(program: ts.Program, entry: string, own: (file: string) => boolean): PublicTypes {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry} is no module of the program`);
  const exported = checker.getExportsOfModule(module).map((symbol) => ({ symbol, target: resolve(symbol) }));
  const known = new Set(exported.map(({ target }) => target));
  const missing = new Set<string>();
  const seen = new Set<ts.Symbol>();

  function resolve(symbol: ts.Symbol): ts.Symbol {
    return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  }

  function walk(symbol: ts.Symbol, by: string): void {
    if (seen.has(symbol)) return;
    seen.add(symbol);
    for (const declaration of symbol.declarations ?? []) visit(declaration, by);
  }

  function visit(node: ts.Node, by: string): void {
    // Classes with arguments of their own are exported as types: nobody outside makes one.
    if (ts.isConstructorDeclaration(node)) return;
    const name = nameIn(node);
    const found = name === undefined ? undefined : checker.getSymbolAtLocation(name);
    if (found !== undefined) checkReference(node, resolve(found), by);
    ts.forEachChild(node, (child) => visit(child, by));
  }

  function checkReference(node: ts.Node, symbol: ts.Symbol, by: string): void {
    const [declaration] = symbol.declarations ?? [];
    if (declaration === undefined || known.has(symbol) || ts.isTypeParameterDeclaration(declaration)) return;
    if (!own(declaration.getSourceFile().fileName)) return;
    // An alias gives another's type its own name, and so does one of a value's type; what a module keeps to itself is a part of what names it.
    const renamed =
      (ts.isTypeAliasDeclaration(node.parent) && node.parent.type === node) || ts.isTypeQueryNode(node);
    if (!renamed && isExported(declaration)) missing.add(`${symbol.name}, named by ${by}`);
    walk(symbol, by);
  }

  for (const { symbol, target } of exported) walk(target, symbol.name);
  return {
    exported: exported.map(({ symbol, target }) => ({ name: symbol.name, type: isType(symbol, target) })),
    missing: [...missing].toSorted(),
  };
}

function nameIn(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  if (ts.isExpressionWithTypeArguments(node)) return node.expression;
  if (ts.isTypeQueryNode(node)) return node.exprName;
  return ts.isImportTypeNode(node) ? node.qualifier : undefined;
}

function isExported(declaration: ts.Declaration): boolean {
  const holder = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return (
    ts.canHaveModifiers(holder) &&
    (ts.getModifiers(holder) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

function isType(symbol: ts.Symbol, target: ts.Symbol): boolean {
  const typeOnly = (symbol.declarations ?? []).some(
    (declaration) =>
      ts.isExportSpecifier(declaration) && (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly),
  );
  return typeOnly || (target.flags & ts.SymbolFlags.Value) === 0;
}
