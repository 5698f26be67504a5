//! Compiles programs in a folder where the package is installed as users have it, with or without its optional neighbours.

import { cpSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { root } from './typescript.ts'

export interface Installation {
  /** The folder of the declaration files. */
  readonly types: string
  /** Compiles files of the folder, with everything they import checked unless `skipLibCheck`. */
  compile(files: Record<string, string>, options?: ts.CompilerOptions): ts.Program
}

/** Installs the declarations, Node's types and `packages` of this repository into a new folder below `parent`. */
export function install(packages: string[], parent = tmpdir()): Installation {
  const folder = realpathSync(mkdtempSync(join(parent, 'native-agent-sdk-types-')))
  const modules = join(folder, 'node_modules')
  const types = join(modules, 'native-agent-sdk')
  mkdirSync(types, { recursive: true })
  for (const name of ['package.json', 'index.d.ts', 'testing.d.ts', 'sdk-tools.d.ts', 'types']) cpSync(join(root, name), join(types, name), { recursive: true })
  for (const name of ['@types/node', 'undici-types', ...packages]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction')
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  return { types, compile: (files, options = {}) => compileIn(folder, files, options) }
}

function compileIn(folder: string, files: Record<string, string>, options: ts.CompilerOptions): ts.Program {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const names = Object.keys(files).map((name) => join(folder, name))
  return ts.createProgram(names, {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    typeRoots: [join(folder, 'node_modules/@types')],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    ...options,
  })
}

/** Everything that the compiler has against the files that `within` accepts. */
export function errors(program: ts.Program, within: (fileName: string) => boolean): string[] {
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file === undefined || within(file.fileName))
    .map(({ file, start, messageText }) => {
      const place = file && `${file.fileName.split('/').slice(-2).join('/')}:${file.getLineAndCharacterOfPosition(start ?? 0).line + 1}: `
      return `${place ?? ''}${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
}
