// A notebook's text from a save command that no kernel took. A draft is read and taken up by a person, so it is plain: each
// cell with its name and code, beneath the head of the notebook as it is stored.
import * as z from 'zod/mini'
import { decodeJson } from '#protocol/text.ts'

const Config = z.object({ hide_code: z.optional(z.nullable(z.boolean())), disabled: z.optional(z.nullable(z.boolean())) })
const Command = z.object({
  codes: z.array(z.string()),
  names: z.array(z.string()),
  configs: z._default(z.array(Config), []),
})
const SETUP = 'setup'
const HEAD = 'import marimo\n\napp = marimo.App()\n'
const FIRST_CELL = /^(@app\.|with app\.setup|app\._unparsable_cell)/m
const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_]*$/u

/** Null: the command is not one of marimo's. `stored` is the source as it is on the server. */
export function draftText(command: Uint8Array, stored: string): string | null {
  const read = Command.safeParse(decodeJson(command))
  if (!read.success) return null
  const { codes, names, configs } = read.data
  return `${[headOf(stored), ...codes.map((code, at) => cell(names[at] ?? '_', code, configs[at]))].join('\n\n')}\n`
}

function headOf(stored: string): string {
  const end = stored.search(FIRST_CELL)
  const head = end < 0 ? '' : stored.slice(0, end)
  return (head.includes('marimo.App(') ? head : HEAD).trimEnd().concat('\n')
}

function cell(name: string, code: string, config: z.infer<typeof Config> = {}): string {
  const body = code.trim() === '' ? '    pass' : code.replaceAll(/^(?=.)/gm, '    ')
  const set = (['hide_code', 'disabled'] as const).filter((key) => config[key]).map((key) => `${key}=True`)
  if (name === SETUP) return `with app.setup:\n${body}\n`
  return `@app.cell${set.length > 0 ? `(${set.join(', ')})` : ''}\ndef ${IDENTIFIER.test(name) ? name : '_'}():\n${body}\n    return\n`
}
