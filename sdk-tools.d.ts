/**
 * Inputs and outputs of the built-in tools. An output is what `tool_use_result` of a user message carries (row 223).
 * Also exported from `native-agent-sdk`. Types of tools that this version does not offer are here all the same, so
 * that programs which name them compile.
 */

/** One hunk of a change: lines are prefixed with a space, `-` or `+`. */
export interface StructuredPatchHunk {
  oldStart: number
  oldLines: number
  newStart: number
  newLines: number
  lines: string[]
}

/** Git's view of a change; only with `toolConfig.gitDiff`. */
export interface GitDiff {
  filename: string
  status: 'modified' | 'added'
  additions: number
  deletions: number
  changes: number
  patch: string
  repository?: string | null
}

/** `Agent` (older name `Task`). */
export type AgentInput = {
  description: string
  prompt: string
  subagent_type?: string
  model?: 'sonnet' | 'opus' | 'haiku' | 'fable'
  resume?: string
  run_in_background?: boolean
  max_turns?: number
  name?: string
  team_name?: string
  mode?: 'acceptEdits' | 'auto' | 'bypassPermissions' | 'default' | 'dontAsk' | 'plan'
  isolation?: 'worktree' | 'remote'
  effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max'
}

export type AskUserQuestionInput = {
  questions: Array<{
    question: string
    header: string
    options: Array<{ label: string; description: string; preview?: string }>
    multiSelect: boolean
  }>
  answers?: Record<string, string>
  annotations?: Record<string, { preview?: string; notes?: string }>
  metadata?: { source?: string }
}

/** `timeout` in milliseconds: default 120000, at most 600000 (row 230). */
export type BashInput = {
  command: string
  timeout?: number
  description?: string
  run_in_background?: boolean
  dangerouslyDisableSandbox?: boolean
}

export type TaskOutputInput = { task_id: string; block: boolean; timeout: number }

export type ConfigInput = { setting: string; value?: string | boolean | number }

export type EnterWorktreeInput = { name?: string }

export type ExitPlanModeInput = { allowedPrompts?: Array<{ tool: 'Bash'; prompt: string }>; plan?: string }

/** `old_string` must occur exactly once unless `replace_all` (row 258). Paths are absolute. */
export type FileEditInput = {
  file_path: string
  old_string: string
  new_string: string
  replace_all?: boolean
}

/** `offset` is the first line, counted from 1; `limit` a number of lines (row 249). */
export type FileReadInput = {
  file_path: string
  offset?: number
  limit?: number
  pages?: string
  allow_large?: boolean
}

export type FileWriteInput = { file_path: string; content: string }

export type GlobInput = { pattern: string; path?: string }

/** `output_mode` defaults to `files_with_matches`, `head_limit` to 250 (0: none), `-n` to true (row 269). */
export type GrepInput = {
  pattern: string
  path?: string
  glob?: string
  type?: string
  output_mode?: 'content' | 'files_with_matches' | 'count'
  '-i'?: boolean
  '-n'?: boolean
  '-o'?: boolean
  '-B'?: number
  '-A'?: number
  '-C'?: number
  context?: number
  head_limit?: number
  offset?: number
  multiline?: boolean
}

export type ListMcpResourcesInput = { server?: string }
export type McpInput = { [name: string]: unknown }
export type NotebookEditInput = {
  notebook_path: string
  cell_id?: string
  new_source: string
  cell_type?: 'code' | 'markdown'
  edit_mode?: 'replace' | 'insert' | 'delete'
}
export type ReadMcpResourceInput = { server: string; uri: string }
export type SubscribeMcpResourceInput = { [name: string]: unknown }
export type UnsubscribeMcpResourceInput = { [name: string]: unknown }
export type SubscribePollingInput = { [name: string]: unknown }
export type UnsubscribePollingInput = { [name: string]: unknown }
export type TaskStopInput = { task_id?: string; shell_id?: string }
export type TodoWriteInput = { todos: TodoItem[] }
export type TaskCreateInput = {
  subject: string
  description: string
  activeForm?: string
  metadata?: { [name: string]: unknown }
}
export type TaskGetInput = { taskId: string }
export type TaskListInput = Record<string, never>
export type TaskUpdateInput = {
  taskId: string
  subject?: string
  description?: string
  activeForm?: string
  status?: 'pending' | 'in_progress' | 'completed' | 'deleted'
  addBlocks?: string[]
  addBlockedBy?: string[]
  owner?: string
  metadata?: { [name: string]: unknown }
}
export type WebFetchInput = { url: string; prompt: string; offset?: number }
export type WebSearchInput = { query: string; allowed_domains?: string[]; blocked_domains?: string[] }

/** One entry of a todo list. */
export interface TodoItem {
  content: string
  status: 'pending' | 'in_progress' | 'completed'
  activeForm: string
}

/** Inputs of all tools. */
export type ToolInputSchemas =
  | AgentInput
  | AskUserQuestionInput
  | BashInput
  | TaskOutputInput
  | ConfigInput
  | EnterWorktreeInput
  | ExitPlanModeInput
  | FileEditInput
  | FileReadInput
  | FileWriteInput
  | GlobInput
  | GrepInput
  | ListMcpResourcesInput
  | McpInput
  | NotebookEditInput
  | ReadMcpResourceInput
  | SubscribeMcpResourceInput
  | SubscribePollingInput
  | TaskStopInput
  | TodoWriteInput
  | TaskCreateInput
  | TaskGetInput
  | TaskListInput
  | TaskUpdateInput
  | UnsubscribeMcpResourceInput
  | UnsubscribePollingInput
  | WebFetchInput
  | WebSearchInput

export type AgentOutput =
  | {
      status: 'completed'
      agentId: string
      content: Array<{ type: 'text'; text: string; citations?: unknown[] | null }>
      totalToolUseCount: number
      totalDurationMs: number
      totalTokens: number
      usage: {
        input_tokens: number
        output_tokens: number
        cache_creation_input_tokens: number | null
        cache_read_input_tokens: number | null
        server_tool_use: { web_search_requests: number; web_fetch_requests: number } | null
        service_tier: string | null
        cache_creation: { ephemeral_1h_input_tokens: number; ephemeral_5m_input_tokens: number } | null
      }
      prompt: string
      agentType?: string
      resolvedModel?: string
    }
  | {
      status: 'async_launched'
      agentId: string
      description: string
      prompt: string
      outputFile: string
      canReadOutputFile?: boolean
    }
  | { status: 'sub_agent_entered'; description: string; message: string }
  | {
      status: 'remote_launched'
      description: string
      prompt: string
      outputFile: string
      taskId: string
      sessionUrl: string
    }

export type AskUserQuestionOutput = {
  questions: AskUserQuestionInput['questions']
  answers: Record<string, string>
  response?: string
  annotations?: Record<
    string,
    { preview?: string; notes?: string; unanswered?: 'skipped' | 'replied_in_chat' | 'dismissed' }
  >
  afkTimeoutMs?: number
}

/** Output over the limit is in `persistedOutputPath`, and `stdout` holds its beginning (row 236). */
export type BashOutput = {
  stdout: string
  stderr: string
  rawOutputPath?: string
  /** The command was cut off, by the time limit too. */
  interrupted: boolean
  isImage?: boolean
  backgroundTaskId?: string
  backgroundedByUser?: boolean
  /** Says that a `cd` of a background command has no effect on later ones (row 234). */
  backgroundCwdHint?: string
  dangerouslyDisableSandbox?: boolean
  /** Says why a bad exit code is none, e.g. of grep without a match (row 241). */
  returnCodeInterpretation?: string
  structuredContent?: unknown[]
  persistedOutputPath?: string
  persistedOutputSize?: number
  timedOutAfterMs?: number
  noOutputExpected?: boolean
  gitOperation?: {
    commit?: { sha: string; kind: 'committed' | 'amended' | 'cherry-picked'; branch?: string }
    push?: { branch: string }
    branch?: { ref: string; action: 'merged' | 'rebased' }
    pr?: { number: number; url?: string; action: string }
  }
}

export type ConfigOutput = {
  success: boolean
  operation?: 'get' | 'set'
  setting?: string
  value?: unknown
  previousValue?: unknown
  newValue?: unknown
  error?: string
}

export type EnterWorktreeOutput = { worktreePath: string; worktreeBranch?: string; message: string }

export type ExitPlanModeOutput = {
  plan: string | null
  isAgent: boolean
  filePath?: string
  hasTaskTool?: boolean
  awaitingLeaderApproval?: boolean
  requestId?: string
}

export type FileEditOutput = {
  filePath: string
  oldString: string
  newString: string
  /** `null` when the edit created the file. */
  originalFile: string | null
  structuredPatch: StructuredPatchHunk[]
  userModified: boolean
  replaceAll: boolean
  gitDiff?: GitDiff
  staged?: boolean
}

type ImageType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp'

export type FileReadOutput =
  | {
      type: 'text'
      file: {
        filePath: string
        content: string
        numLines: number
        startLine: number
        totalLines: number
        truncatedByTokenCap?: boolean
      }
    }
  | {
      type: 'image'
      file: {
        base64: string
        type: ImageType
        originalSize: number
        dimensions?: {
          originalWidth?: number
          originalHeight?: number
          displayWidth?: number
          displayHeight?: number
        }
      }
    }
  | { type: 'notebook'; file: { filePath: string; cells: unknown[] } }
  | { type: 'pdf'; file: { filePath: string; base64: string; originalSize: number } }
  | {
      type: 'parts'
      file: {
        filePath: string
        originalSize: number
        count: number
        outputDir: string
      }
      firstPage?: number
      pages?: { base64: string; mediaType: ImageType; error?: string }[]
    }

export type FileWriteOutput = {
  type: 'create' | 'update'
  filePath: string
  content: string
  structuredPatch: StructuredPatchHunk[]
  originalFile: string | null
  gitDiff?: GitDiff
  userModified?: boolean
  staged?: boolean
}

/** At most 100 names, newest first (row 267). */
export type GlobOutput = {
  durationMs: number
  numFiles: number
  filenames: string[]
  truncated: boolean
  totalMatches?: number
  countIsComplete?: boolean
  timedOut?: boolean
}

export type GrepOutput = {
  mode?: 'content' | 'files_with_matches' | 'count'
  numFiles: number
  filenames: string[]
  content?: string
  numLines?: number
  numMatches?: number
  appliedLimit?: number
  appliedOffset?: number
  totalFiles?: number
  totalLines?: number
  timedOut?: boolean
}

export type ListMcpResourcesOutput = Array<{
  uri: string
  name: string
  mimeType?: string
  description?: string
  server: string
}>

export type NotebookEditOutput = {
  new_source: string
  old_source?: string
  cell_id?: string
  cell_type: 'code' | 'markdown'
  language: string
  edit_mode: string
  error?: string
  notebook_path: string
  original_file: string
  updated_file: string
}

export type ReadMcpResourceOutput = { contents: Array<{ uri: string; mimeType?: string; text?: string }> }
export type TaskStopOutput = { message: string; task_id: string; task_type: string; command?: string }
export type TodoWriteOutput = { oldTodos: TodoItem[]; newTodos: TodoItem[] }
export type TaskCreateOutput = { task: { id: string; subject: string; description?: string } }
export type TaskGetOutput = {
  task: {
    id: string
    subject: string
    description: string
    status: 'pending' | 'in_progress' | 'completed'
    blocks: string[]
    blockedBy: string[]
  } | null
}
export type WebFetchOutput = {
  bytes: number
  code: number
  codeText: string
  result: string
  durationMs: number
  url: string
}
export type WebSearchOutput = {
  query: string
  results: Array<{ tool_use_id: string; content: Array<{ title: string; url: string; snippet?: string }> } | string>
  durationSeconds: number
  searchCount?: number
}

/** Outputs of all tools. */
export type ToolOutputSchemas =
  | AgentOutput
  | AskUserQuestionOutput
  | BashOutput
  | ConfigOutput
  | EnterWorktreeOutput
  | ExitPlanModeOutput
  | FileEditOutput
  | FileReadOutput
  | FileWriteOutput
  | GlobOutput
  | GrepOutput
  | ListMcpResourcesOutput
  | NotebookEditOutput
  | ReadMcpResourceOutput
  | TaskStopOutput
  | TodoWriteOutput
  | TaskCreateOutput
  | TaskGetOutput
  | WebFetchOutput
  | WebSearchOutput

// Keeps what is not exported above out of the module.
export {}
