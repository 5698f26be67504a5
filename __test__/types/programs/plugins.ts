//! Plugins of local folders.

import { query, type Options, type SdkPluginConfig } from 'native-agent-sdk'

const plugins: SdkPluginConfig[] = [{ type: 'local', path: './plugins/one' }]

export async function run(options: Options): Promise<string[]> {
  for await (const message of query({ prompt: 'Hello', options: { ...options, plugins } })) {
    if (message.type === 'system' && message.subtype === 'init') return [...message.plugins.map((plugin) => plugin.path), ...message.slash_commands]
  }
  return []
}
