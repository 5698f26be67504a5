//! A host that answers questions about permission: allows, changes, refuses, and remembers; and changes the mode on the way.

import { query, type CanUseTool, type Options, type PermissionResult, type PermissionUpdate } from 'native-agent-sdk'

export async function run(options: Options): Promise<string[]> {
  const asked: string[] = []

  const canUseTool: CanUseTool = async (toolName, input, { signal, suggestions, blockedPath, decisionReason, toolUseID }) => {
    asked.push([toolName, typeof toolUseID, signal.aborted, typeof blockedPath, typeof decisionReason].join(' '))
    if (toolName === 'Bash') return { behavior: 'deny', message: 'No commands here.' }
    if (toolName === 'Write') {
      const updatedInput = { ...input, content: `${String(input['content'])}, checked` }
      const updatedPermissions: PermissionUpdate[] = suggestions ?? []
      const answer: PermissionResult = { behavior: 'allow', updatedInput, updatedPermissions }
      return answer
    }
    return { behavior: 'allow', updatedInput: input }
  }

  const run = query({
    prompt: 'Write a note.',
    options: { ...options, permissionMode: 'default', disallowedTools: ['WebFetch'], canUseTool },
  })
  await run.setPermissionMode('default')
  for await (const message of run) {
    if (message.type === 'result') asked.push(...message.permission_denials.map((denial) => `refused ${denial.tool_name}`))
  }
  return asked
}
