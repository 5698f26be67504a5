//! Telemetry is asked for by the environment.

import { query, type Options } from 'native-agent-sdk'

export async function run(options: Options): Promise<boolean> {
  const env = { ...options.env, CLAUDE_CODE_ENABLE_TELEMETRY: '1', OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.example:4318' }
  for await (const message of query({ prompt: 'Hello', options: { ...options, env } })) if (message.type === 'result') return message.subtype === 'success'
  return false
}
