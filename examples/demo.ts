//! The demo: an agent finds the two bugs in a Python file and fixes them with real tool calls. Run it with `npm run demo`.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { query } from 'native-agent-sdk'
import { connect } from './support/api.ts'
import { plant } from './support/folder.ts'
import { BUGGY, fixingUtils } from './support/fix-utils.ts'
import { describe } from './support/transcript.ts'

// How a fix answers the bad inputs is its own affair, as long as it does not crash as before.
const CHECK = `
import utils
assert utils.calculate_average([1, 2, 3]) == 2
assert utils.get_user_name({"name": "ada"}) == "ADA"
for call, crash in (lambda: utils.calculate_average([]), "division by zero"), (lambda: utils.get_user_name(None), "not subscriptable"):
    try:
        call()
    except Exception as error:
        assert crash not in str(error), error
`

const cwd = plant({ 'utils.py': BUGGY })
const file = join(cwd, 'utils.py')
const api = await connect(...fixingUtils(file))
console.log(`${file} has two bugs:\n\n${BUGGY.replaceAll(/^(?=.)/gm, '    ')}`)

let succeeded = false
for await (const message of query({
  prompt: 'Review utils.py for bugs that make it crash. Fix every one you find.',
  options: { cwd, env: api.env, allowedTools: ['Read', 'Edit', 'Glob'], permissionMode: 'acceptEdits', maxTurns: 20 },
})) {
  const text = describe(message)
  if (text !== '') console.log(text)
  if (message.type === 'result') succeeded = !message.is_error
}
await api[Symbol.asyncDispose]()

const problems = [...(succeeded ? [] : ['the run failed']), ...check()]
console.log(problems.length === 0 ? '\nChecked: the file has changed and both bugs are gone.' : `\nNOT as expected: ${problems.join('; ')}`)
process.exitCode = problems.length === 0 ? 0 : 1

/** What is wrong with the file now. */
function check(): string[] {
  if (readFileSync(file, 'utf8') === BUGGY) return ['utils.py is as it was']
  const { error, status, stderr } = spawnSync('python3', ['-B', '-c', CHECK], { cwd, encoding: 'utf8' })
  if (error !== undefined) {
    console.log('\n(python3 is not installed: the fixed file was not run.)')
    return []
  }
  return status === 0 ? [] : [`utils.py does not run as it should:\n${stderr}`]
}
