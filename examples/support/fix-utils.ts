//! The demo's file, and the replies of a model that finds and fixes its bugs.

import type { Rule } from 'native-agent-sdk/testing'

/** Two functions, each with an input that makes it crash: an empty list, no user. */
export const BUGGY = `def calculate_average(numbers):
    total = 0
    for num in numbers:
        total += num
    return total / len(numbers)


def get_user_name(user):
    return user["name"].upper()
`

const AVERAGE = '    total = 0\n    for num in numbers:'
const USER = '    return user["name"].upper()'

/** Glob → Read → two Edits → Read → a final text. Each reply waits for what the tool before it must have said. */
export function fixingUtils(file: string): Rule[] {
  const text = (words: string): Block => ({ type: 'text', text: words })
  const use = (id: string, name: string, input: object): Block => ({ type: 'tool_use', id, name, input })
  const edit = (id: string, old_string: string, new_string: string): Block =>
    use(id, 'Edit', { file_path: file, old_string, new_string })
  return [
    {
      when: { userText: 'utils.py', tool: 'Glob' },
      reply: { content: [text('I will find the file first.'), use('toolu_find', 'Glob', { pattern: '**/utils.py' })] },
    },
    {
      when: { hasToolResult: 'toolu_find', toolResult: 'utils.py' },
      reply: { content: [use('toolu_read', 'Read', { file_path: file })] },
    },
    {
      when: { hasToolResult: 'toolu_read', toolResult: 'return total / len(numbers)' },
      reply: {
        content: [
          text('`calculate_average` divides by zero when the list is empty, and `get_user_name` fails when there is no user.'),
          edit('toolu_average', AVERAGE, `    if not numbers:\n        return 0\n${AVERAGE}`),
        ],
      },
    },
    {
      when: { hasToolResult: 'toolu_average' },
      reply: { content: [edit('toolu_user', USER, `    if user is None or user.get("name") is None:\n        return ""\n${USER}`)] },
    },
    {
      when: { hasToolResult: 'toolu_user' },
      reply: { content: [text('Both are changed. I will read the file once more.'), use('toolu_check', 'Read', { file_path: file })] },
    },
    {
      when: { hasToolResult: 'toolu_check', toolResult: 'if user is None' },
      reply: {
        content: [
          text('Fixed two bugs in utils.py: the average of an empty list is now 0, and a user that is missing or has no name gives an empty string.'),
        ],
      },
    },
  ]
}

type Block = { type: string; [field: string]: unknown }
