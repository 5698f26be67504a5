//! The scripted Messages API in a process of its own, ordered about over IPC: `[command, ...arguments]` in, one answer each.

import { startScriptedApi } from 'native-agent-sdk/testing'

const api = await startScriptedApi({ strict: false, record: false })

const commands = {
  url: () => api.url,
  reset: (scenario) => api.reset(scenario),
  openGate: (name) => api.openGate(name),
  waitGate: (name, count) => api.waitGate(name, count),
  requests: async () => (await api.requests({ bodies: false })).map(timing),
  violations: () => api.violations(),
}

process.on('message', async ({ id, command, args }) => {
  try {
    process.send({ id, value: await commands[command](...args) })
  } catch (error) {
    process.send({ id, error: String(error) })
  }
})
process.on('disconnect', () => process.exit(0))
process.send({ ready: true })

/** When a request's head had arrived, and how long the server was busy with it, in microseconds. */
function timing({ path, status, arrivedMicros, busyMicros }) {
  return { path, status, arrived: arrivedMicros, busy: busyMicros }
}
