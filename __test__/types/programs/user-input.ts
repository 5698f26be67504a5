//! Questions of the agent to the person, answered through `canUseTool`.

import { query, type AskUserQuestionInput, type Options, type PermissionResult } from 'native-agent-sdk'

function answer(input: AskUserQuestionInput): PermissionResult {
  const answers: Record<string, string> = {}
  for (const { question, header, options, multiSelect } of input.questions) {
    const labels = options.map(({ label, description, preview }) => `${label}: ${preview ?? description}`)
    answers[question] = multiSelect ? labels.join(', ') : (labels[0] ?? header)
  }
  return { behavior: 'allow', updatedInput: { questions: input.questions, answers } }
}

export async function run(options: Options): Promise<string> {
  for await (const message of query({
    prompt: 'Choose a database with me.',
    options: {
      ...options,
      toolConfig: { askUserQuestion: { previewFormat: 'html' } },
      canUseTool: async (toolName, input) => (toolName === 'AskUserQuestion' ? answer(input as AskUserQuestionInput) : { behavior: 'deny', message: 'Ask first.' }),
    },
  }))
    if ('result' in message) return message.result
  return ''
}
