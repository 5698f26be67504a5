//! Compiles TypeScript text against the package's own settings.

import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** A program of the given files in the root folder, which need not exist on disk. */
export function compile(files: Record<string, string>, more: string[] = []): ts.Program {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const host = ts.createCompilerHost(options)
  const paths = new Map(Object.entries(files).map(([name, text]) => [`${root}${name}`, text]))
  const { fileExists, readFile } = host
  host.fileExists = (path) => paths.has(path) || fileExists(path)
  host.readFile = (path) => paths.get(path) ?? readFile(path)
  return ts.createProgram([...paths.keys(), ...more.map((name) => `${root}${name}`)], { ...options, skipLibCheck: false }, host)
}

/** What the compiler has against one file of a program, one line each. */
export function complaints(program: ts.Program, name: string): string[] {
  const file = program.getSourceFile(`${root}${name}`)
  if (file === undefined) return [`${name} is not part of the program`]
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  )
}

/** The names that a declaration file exports as values. */
export function valueExports(program: ts.Program, name: string): string[] {
  const checker = program.getTypeChecker()
  const file = program.getSourceFile(`${root}${name}`)
  const symbol = file && checker.getSymbolAtLocation(file)
  if (symbol === undefined) throw new Error(`${name} is no module`)
  return checker
    .getExportsOfModule(symbol)
    .map((exported) => (exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported))
    .filter(({ flags }) => flags & ts.SymbolFlags.Value)
    .map((exported) => exported.name)
    .toSorted()
}
