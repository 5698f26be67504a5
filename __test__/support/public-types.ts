//! Walks the public types with the compiler: what they export, and where one of them is `any`.

import ts from 'typescript'

/** The exports of a module by name, aliases resolved. */
export function moduleExports(program: ts.Program, file: string): Map<string, ts.Symbol> {
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const symbol = source && checker.getSymbolAtLocation(source)
  if (symbol === undefined) throw new Error(`${file} is no module`)
  const resolved = (exported: ts.Symbol): ts.Symbol => (exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported)
  return new Map(checker.getExportsOfModule(symbol).map((exported) => [exported.name, resolved(exported)]))
}

/** Where a public type is `any`: paths such as `Options.hooks`. Types declared outside `within` are not looked into. */
export function anyTypes(program: ts.Program, file: string, within: string): string[] {
  const checker = program.getTypeChecker()
  const found: string[] = []
  const seen = new Set<ts.Type>()

  const own = (type: ts.Type): boolean => {
    const declarations = (type.aliasSymbol ?? type.symbol)?.declarations
    return declarations === undefined || declarations.some((node) => node.getSourceFile().fileName.startsWith(within))
  }

  const visit = (type: ts.Type, path: string): void => {
    if (type.flags & ts.TypeFlags.Any) found.push(path)
    if (seen.has(type)) return
    seen.add(type)
    for (const argument of type.aliasTypeArguments ?? []) visit(argument, `${path}<>`)
    if (checker.isArrayType(type) || checker.isTupleType(type)) {
      for (const argument of checker.getTypeArguments(type as ts.TypeReference)) visit(argument, `${path}[]`)
      return
    }
    if (type.isUnionOrIntersection()) {
      for (const [index, part] of type.types.entries()) visit(part, type.isUnion() ? `${path}|${index}` : path)
      return
    }
    const reference = type as ts.TypeReference
    if (type.flags & ts.TypeFlags.Object && reference.target !== undefined && reference.target !== type) {
      // The library's own defaults for what an iterator returns and takes are `any`.
      const given = checker.getTypeArguments(reference).slice(0, /Itera|Generator/.test(type.symbol.name) ? 1 : undefined)
      for (const argument of given) visit(argument, `${path}<>`)
    }
    if (!own(type)) return
    for (const property of type.getProperties()) visit(checker.getTypeOfSymbol(property), `${path}.${property.name}`)
    for (const index of checker.getIndexInfosOfType(type)) visit(index.type, `${path}[key]`)
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      for (const parameter of signature.getParameters()) visit(checker.getTypeOfSymbol(parameter), `${path}(${parameter.name})`)
      visit(signature.getReturnType(), `${path}()`)
    }
  }

  for (const [name, symbol] of moduleExports(program, file)) {
    if (symbol.flags & (ts.SymbolFlags.Type & ~ts.SymbolFlags.TypeParameter)) visit(checker.getDeclaredTypeOfSymbol(symbol), name)
    if (symbol.flags & ts.SymbolFlags.Value) visit(checker.getTypeOfSymbol(symbol), name)
  }
  return found
}
