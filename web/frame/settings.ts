// marimo's own settings, kept for the person: laid over the neutral ones at the start, told to the kernel (which begins
// with the neutral ones), and told to the shell when they change.
import type { EditorSettings } from '#protocol/settings.ts'
import { say } from './port.ts'

const SAVE = '/api/kernel/save_user_config'

export function tellKernel(settings: EditorSettings): void {
  if (Object.keys(settings).length === 0) return
  const headers = { 'content-type': 'application/json' }
  void fetch(SAVE, { method: 'POST', headers, body: JSON.stringify({ config: settings }) })
}

/** The shell checks what it is told, and drops what it does not keep. */
export function noticeSettings(path: string, body: ArrayBuffer | undefined): void {
  if (path !== SAVE || body === undefined) return
  const { config } = JSON.parse(new TextDecoder().decode(body)) as { config: unknown }
  say({ type: 'settings', change: config as EditorSettings })
}
