//! What the contract names and this version does not have yet: each refuses with `not_available`, naming itself. A line
//! leaves this table when its part is built.

import type * as Api from '../../index.js'
import { AgentSdkError } from './errors.ts'

type Functions = typeof Api

export const archiveSession = rejects('archiveSession')
export const deleteSession = rejects('deleteSession')
export const foldSessionSummary = throws('foldSessionSummary')
export const forkSession = rejects('forkSession')
export const getSessionInfo = rejects('getSessionInfo')
export const getSessionMessages = rejects('getSessionMessages')
export const getSubagentMessages = rejects('getSubagentMessages')
export const importSessionToStore = rejects('importSessionToStore')
export const listSessions = rejects('listSessions')
export const listSubagents = rejects('listSubagents')
export const renameSession = rejects('renameSession')
export const tagSession = rejects('tagSession')
export const unarchiveSession = rejects('unarchiveSession')
export const InMemorySessionStore = classThatThrows('InMemorySessionStore')

function notAvailable(name: string): AgentSdkError {
  return new AgentSdkError('not_available', `${name}: not available in this version of native-agent-sdk`)
}

/** A function that answers with a promise. */
function rejects<Name extends keyof Functions>(name: Name): Functions[Name] {
  return (() => Promise.reject(notAvailable(name))) as unknown as Functions[Name]
}

function throws<Name extends keyof Functions>(name: Name): Functions[Name] {
  return (() => {
    throw notAvailable(name)
  }) as unknown as Functions[Name]
}

function classThatThrows<Name extends keyof Functions>(name: Name): Functions[Name] {
  return class {
    constructor() {
      throw notAvailable(name)
    }
  } as unknown as Functions[Name]
}
