// What a notebook came to, cell by cell, out of a kernel's stream: in a form in which two runs can be compared.
import { createHash } from 'node:crypto'
import type { Notification } from './client.ts'

export type Cell = {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly config: unknown
  status: string
  mimetype: string
  text: string
  console: string // each piece with its channel and kind; pieces of one kind that follow each other are one
}
/** The hash of each file that a server holds beside its stream, by its name there. */
export type Files = ReadonlyMap<string, string>

type Output = { channel?: string; mimetype?: string; data?: unknown } | null
type CellOp = { cell_id: string; status?: string | null; output?: Output; console?: Output | Output[] | null }
type Ready = { cell_ids: string[]; codes: string[]; names: string[]; configs: unknown[] }

export function cellsOf(stream: readonly Notification[], files: Files = new Map()): Cell[] {
  const ready = stream.find(({ op }) => op === 'kernel-ready')
  if (ready === undefined) throw new Error('this kernel was never ready')
  const { cell_ids, codes, names, configs } = ready.data as Ready
  const empty = { status: '', mimetype: '', text: '', console: '' }
  const cells = new Map(
    cell_ids.map((id, at) => [
      id,
      { id, code: normal(codes[at]), name: names[at] ?? '', config: configs[at], ...empty, last: '' },
    ]),
  )
  for (const { op, data } of stream) {
    const cell = op === 'cell-op' ? cells.get((data as CellOp).cell_id) : undefined
    if (cell !== undefined) fold(cell, data as CellOp, files)
  }
  return [...cells.values()].map(({ last: _, ...cell }) => cell)
}

function fold(cell: Cell & { last: string }, { status, output, console }: CellOp, files: Files): void {
  if (status) cell.status = status
  if (status === 'running') Object.assign(cell, { console: '', last: '' })
  if (output) {
    cell.mimetype = output.mimetype ?? ''
    cell.text = normal(output.data, files)
  }
  for (const said of Array.isArray(console) ? console : console ? [console] : []) {
    const kind = `[${said?.channel} ${said?.mimetype}]`
    cell.console += (kind === cell.last ? '' : kind) + normal(said?.data, files)
    cell.last = kind
  }
}

export const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16)

export const FILE = /\.?\/@file\/(\d+-[\w.-]+)/g

/**
 * What may differ between two runs of the same thing: where a picture lies (a file of marimo's server or inline; the hash of
 * its bytes is kept), the folder of the notebook, addresses, ids and times, and which of several cells that raise is named (by
 * the order of a set, so by the hash seed).
 */
export function normal(data: unknown, files: Files = new Map()): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data ?? '')
  return text
    .replace(
      /data:([a-z]+\/[a-z0-9.+-]+)[^,"'&\\]*;base64,([A-Za-z0-9+/=]+)/g,
      (_, __, body: string) => `<file ${hash(Buffer.from(body, 'base64'))}>`,
    )
    .replace(FILE, (_, name: string) => `<file ${files.get(name) ?? 'not there'}>`)
    .replace(/(\/[\w.-]+)+\/notebook\.py/g, '<notebook>')
    .replace(/0x[0-9a-f]{6,}/g, '<address>')
    .replace(/marimo_\d+|\/tmp\/marimo_\d+\/[\w.]+|__marimo__cell_\w+_?/g, '<cell>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/(raising_cell\\*":\\*")\w+/g, '$1<cell>')
    .replace(/random-id=(['"]|&quot;).*?\1/g, 'random-id=<id>')
}
