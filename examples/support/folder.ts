//! A folder to work in that goes away with the example.

import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder under the system's temporary one, with these files in it. */
export function plant(files: Record<string, string> = {}): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'native-agent-sdk-example-')))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  process.on('exit', () => rmSync(path, { recursive: true, force: true }))
  return path
}
