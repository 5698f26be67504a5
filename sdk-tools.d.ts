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

/** 1 to 4 questions with 2 to 4 options each; `header` has at most 12 characters. The host adds `answers` by question. */
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

/** `block`: wait for the end, at most `timeout` milliseconds. */
export type TaskOutputInput = { task_id: string; block: boolean; timeout: number }

/**
 * Without `value` the setting is read. `effortLevel` and `alwaysThinkingEnabled` can be changed, for the rest of the session. The tool
 * is offered only when `tools` names it.
 */
export type ConfigInput = { setting: string; value?: string | boolean | number }

/** `path`: an existing worktree to enter instead. */
export type EnterWorktreeInput = { name?: string; path?: string }
/** `discard_changes` is needed to remove a worktree with changes. */
export type ExitWorktreeInput = { action: 'keep' | 'remove'; discard_changes?: boolean }
/** Nothing. */
export type EnterPlanModeInput = Record<string, never>

/** `plan`: the plan as text. */
export type ExitPlanModeInput = {
  allowedPrompts?: Array<{ tool: 'Bash'; prompt: string }>
  plan?: string
  [name: string]: unknown
}

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

/** Replaces the file whole. The path is absolute. */
export type FileWriteInput = { file_path: string; content: string }

/** `path`: default the working directory. */
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

/** `ListMcpResourcesTool`. Omitted: all servers. */
export type ListMcpResourcesInput = { server?: string }
/** Of any `mcp__` tool. */
export type McpInput = { [name: string]: unknown }
/** `edit_mode`: default `replace`; `insert` puts the cell behind `cell_id`, or first. */
export type NotebookEditInput = {
  notebook_path: string
  cell_id?: string
  new_source: string
  cell_type?: 'code' | 'markdown'
  edit_mode?: 'replace' | 'insert' | 'delete'
}
/** `ReadMcpResourceTool`. */
export type ReadMcpResourceInput = { server: string; uri: string }
/** `ReadMcpResourceDirTool`. */
export type ReadMcpResourceDirInput = { server: string; uri: string }
/** Omitted: all servers. */
export type RefreshMcpToolsInput = { server?: string }
/** Named by the older documents without its fields. */
export type SubscribeMcpResourceInput = { [name: string]: unknown }
/** Named by the older documents without its fields. */
export type UnsubscribeMcpResourceInput = { [name: string]: unknown }
/** Named by the older documents without its fields. */
export type SubscribePollingInput = { [name: string]: unknown }
/** Named by the older documents without its fields. */
export type UnsubscribePollingInput = { [name: string]: unknown }
/** `shell_id`: older name of `task_id`. */
export type TaskStopInput = { task_id?: string; shell_id?: string }
/** The whole new list. */
export type TodoWriteInput = { todos: TodoItem[] }
/** `activeForm`: how the task is shown while it is worked on. */
export type TaskCreateInput = {
  subject: string
  description: string
  activeForm?: string
  metadata?: { [name: string]: unknown }
}
/** The task to show. */
export type TaskGetInput = { taskId: string }
/** Nothing. */
export type TaskListInput = Record<string, never>
/** Fields to change; the task ids in `addBlocks` wait for this one. */
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
/** `prompt` says what to find on the page. `offset`: characters to skip. */
export type WebFetchInput = { url: string; prompt: string; offset?: number }
/** Only one of the two lists may be given. */
export type WebSearchInput = { query: string; allowed_domains?: string[]; blocked_domains?: string[] }

/** `args`: text behind the name. */
export type SkillInput = { skill: string; args?: string }
/** `max_results`: default 5. */
export type ToolSearchInput = { query: string; max_results?: number }

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
  | EnterPlanModeInput
  | EnterWorktreeInput
  | ExitPlanModeInput
  | ExitWorktreeInput
  | FileEditInput
  | FileReadInput
  | FileWriteInput
  | GlobInput
  | GrepInput
  | ListMcpResourcesInput
  | McpInput
  | NotebookEditInput
  | ReadMcpResourceInput
  | ReadMcpResourceDirInput
  | RefreshMcpToolsInput
  | SkillInput
  | SubscribeMcpResourceInput
  | SubscribePollingInput
  | TaskStopInput
  | TodoWriteInput
  | TaskCreateInput
  | TaskGetInput
  | TaskListInput
  | TaskUpdateInput
  | ToolSearchInput
  | UnsubscribeMcpResourceInput
  | UnsubscribePollingInput
  | WebFetchInput
  | WebSearchInput

/** `content`: the final message of the subagent, or where a background agent writes. */
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
        inference_geo?: string | null
        speed?: string | null
        iterations?: unknown
        output_tokens_details?: { thinking_tokens?: number | null } | null
        fallback_credit?: unknown
      }
      prompt: string
      agentType?: string
      resolvedModel?: string
      modelsUsed?: string[]
      toolsUsed?: string[]
      toolStats?: {
        readCount: number
        searchCount: number
        bashCount: number
        editFileCount: number
        linesAdded: number
        linesRemoved: number
        otherToolCount: number
        frameCount?: number
      }
      worktreePath?: string
      worktreeBranch?: string
    }
  | {
      status: 'async_launched'
      agentId: string
      description: string
      prompt: string
      outputFile: string
      canReadOutputFile?: boolean
      isAsync?: true
      resolvedModel?: string
      modelsUsed?: string[]
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

/** `answers` by question; `response`: a free text instead. */
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
  /** Milliseconds. */
  timedOutAfterMs?: number
  backgroundEndsWithFinalResponse?: true
  backgroundWakesOwner?: true
  staleReadFileStateHint?: string
  ghRateLimitHint?: string
  noOutputExpected?: boolean
  gitOperation?: {
    commit?: { sha: string; kind: 'committed' | 'amended' | 'cherry-picked'; branch?: string }
    push?: { branch: string }
    branch?: { ref: string; action: 'merged' | 'rebased' }
    pr?: {
      number: number
      url?: string
      action:
        | 'created'
        | 'edited'
        | 'merged'
        | 'commented'
        | 'closed'
        | 'reopened'
        | 'ready'
        | 'draft'
        | 'auto-merge-enabled'
        | 'auto-merge-disabled'
    }
  }
}

/** The value read, or the one before and after. */
export type ConfigOutput = {
  success: boolean
  operation?: 'get' | 'set'
  setting?: string
  value?: unknown
  previousValue?: unknown
  newValue?: unknown
  error?: string
}

/** Told to the model. */
export type EnterPlanModeOutput = { message: string }
/** The worktree, which is now the working directory. */
export type EnterWorktreeOutput = { worktreePath: string; worktreeBranch?: string; message: string }
/** What became of the worktree. */
export type ExitWorktreeOutput = {
  action: 'keep' | 'remove'
  originalCwd: string
  worktreePath: string
  worktreeBranch?: string
  tmuxSessionName?: string
  discardedFiles?: number
  discardedCommits?: number
  message: string
}

/** The plan as it was approved, and its file. */
export type ExitPlanModeOutput = {
  plan: string | null
  isAgent: boolean
  filePath?: string
  hasTaskTool?: boolean
  awaitingLeaderApproval?: boolean
  requestId?: string
  planWasEdited?: boolean
}

/** The change as hunks; `userModified`: the host changed the input. */
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

/** The content, by kind of file. Binary content is base64; lines are counted from 1. */
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
      artifactRead?: { slug: string; ver: string }
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

/** The change as hunks; `originalFile` is `null` for a new file. */
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

/** `appliedLimit` is set when results were left out. */
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

/** Resources of all servers asked. */
export type ListMcpResourcesOutput = Array<{
  uri: string
  name: string
  mimeType?: string
  description?: string
  server: string
}>

/** The notebook before and after, as text. */
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

/** Binary content is saved to a file. */
export type ReadMcpResourceOutput = {
  contents: Array<{ uri: string; mimeType?: string; text?: string; blobSavedTo?: string }>
  error?: string
}
/** The entries of a resource that is a folder. */
export type ReadMcpResourceDirOutput = {
  resources: Array<{ uri: string; name: string; mimeType?: string }>
  error?: string
}
/** One row for each server. */
export type RefreshMcpToolsOutput = Array<{
  server: string
  status: 'refreshed' | 'error' | 'not_connected'
  toolCount?: number
  added?: string[]
  removed?: string[]
  error?: string
}>
/** Of any `mcp__` tool: text, content blocks, or structured content. */
export type McpOutput = string | { type: string; [name: string]: unknown }[] | { [name: string]: unknown }
/** The task that was ended. */
export type TaskStopOutput = { message: string; task_id: string; task_type: string; command?: string }
/** The list before and after. */
export type TodoWriteOutput = { oldTodos: TodoItem[]; newTodos: TodoItem[] }
/** The new task. */
export type TaskCreateOutput = { task: { id: string; subject: string; description?: string } }
/** `null`: there is no such task. */
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
/** The fields that changed. */
export type TaskUpdateOutput = {
  success: boolean
  taskId: string
  updatedFields: string[]
  error?: string
  statusChange?: { from: string; to: string }
}
/** All tasks that are not deleted. */
export type TaskListOutput = {
  tasks: Array<{
    id: string
    subject: string
    status: 'pending' | 'in_progress' | 'completed'
    owner?: string
    blockedBy: string[]
  }>
}
/** `result`: the answer to the prompt; `code`: the HTTP status. */
export type WebFetchOutput = {
  bytes: number
  code: number
  codeText: string
  result: string
  durationMs: number
  url: string
  artifactRead?: { slug: string; ver?: string; seeded?: false }
}
/** `results`: hits and texts of the model, in order. */
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
  | EnterPlanModeOutput
  | EnterWorktreeOutput
  | ExitPlanModeOutput
  | ExitWorktreeOutput
  | FileEditOutput
  | FileReadOutput
  | FileWriteOutput
  | GlobOutput
  | GrepOutput
  | ListMcpResourcesOutput
  | McpOutput
  | NotebookEditOutput
  | ReadMcpResourceOutput
  | ReadMcpResourceDirOutput
  | RefreshMcpToolsOutput
  | TaskStopOutput
  | TodoWriteOutput
  | TaskCreateOutput
  | TaskGetOutput
  | TaskUpdateOutput
  | TaskListOutput
  | WebFetchOutput
  | WebSearchOutput

// Keeps what is not exported above out of the module.
export {}
