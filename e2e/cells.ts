// What a notebook came to, cell by cell, out of a kernel's stream: in a form in which two runs can be compared.
import type { Notification } from './client.ts'

export type Cell = { status: string; mimetype: string; text: string; console: string }

type Output = { channel?: string; mimetype?: string; data?: unknown } | null
type CellOp = { cell_id: string; status?: string | null; output?: Output; console?: Output | Output[] | null }

export function cellsOf(stream: readonly Notification[]): Cell[] {
  const ready = stream.find(({ op }) => op === 'kernel-ready')
  const ids = (ready?.data.cell_ids ?? []) as string[]
  const cells = new Map(ids.map((id) => [id, { status: '', mimetype: '', text: '', console: '' }]))
  for (const { op, data } of stream) {
    const cell = op === 'cell-op' ? cells.get((data as CellOp).cell_id) : undefined
    if (cell !== undefined) fold(cell, data as CellOp)
  }
  return [...cells.values()]
}

function fold(cell: Cell, { status, output, console }: CellOp): void {
  if (status) cell.status = status
  if (status === 'running') cell.console = ''
  if (output) {
    cell.mimetype = output.mimetype ?? ''
    cell.text = normal(output.data)
  }
  for (const said of Array.isArray(console) ? console : console ? [console] : []) cell.console += normal(said?.data)
}

/**
 * What may differ between two runs of the same thing: where a picture lies (a file of marimo's server or inline; its
 * length is kept), the folder of the notebook, addresses, ids and times.
 */
export function normal(data: unknown): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data ?? '')
  return text
    .replace(
      /data:([a-z]+\/[a-z0-9.+-]+)[^,"'&\\]*;base64,([A-Za-z0-9+/=]+)/g,
      (_, __, body: string) => `<file ${Buffer.from(body, 'base64').length}>`,
    )
    .replace(/\.?\/@file\/(\d+)-[\w.-]+/g, (_, length: string) => `<file ${length}>`)
    .replace(/(\/[\w.-]+)+\/notebook\.py/g, '<notebook>')
    .replace(/0x[0-9a-f]{6,}/g, '<address>')
    .replace(/marimo_\d+|\/tmp\/marimo_\d+\/[\w.]+|__marimo__cell_\w+_?/g, '<cell>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/random-id=(['"]|&quot;).*?\1/g, 'random-id=<id>')
}
