// Hostile modules as notebooks bring them into a page: in an anywidget, with what they are told filled in.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Canary } from './canary.ts'

const module = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8')
export const FORGE = module('forge.js')

/** A cell. `words`: each in capitals in the module. */
export function widget(code: string, words: Readonly<Record<string, string>>, name = 'Hostile'): string {
  const filled = Object.entries(words).reduce((text, [word, value]) => text.replaceAll(word, value), code)
  const body = Buffer.from(filled).toString('base64')
  return `import anywidget as ${name}_\nimport base64 as ${name}__\nclass ${name}(${name}_.AnyWidget):\n    _esm = ${name}__.b64decode("${body}").decode()\n${name}()`
}

/** Every way out that a page could have; its `pre.attack` says what became of each. */
export const attack = ({ origin, udp }: Canary, shell: string): string =>
  widget(module('attack.js'), { CANARY: origin, SHELL: shell, UDP: String(udp) })
