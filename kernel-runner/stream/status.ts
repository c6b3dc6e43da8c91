// What a stream message says about the kernel itself, read from its first bytes: the stream is passed on untouched, and
// parsing every output to learn "busy" would cost more than the rest of the runner. A kernel is the sender, so nothing
// here may grow or throw at what it sends.
import { MiB, sizeText } from '#protocol/size.ts'
import { MARIMO } from '../bounds.ts'

const OP = /^\{"op": ?"([a-z-]{1,40})"/
const CELL = /"op":"cell-op","cell_id":"([^"]{1,64})"/
const STATUS = /"status":"(queued|running|idle|disabled-transitively)","stale_inputs":[^"]{1,20}"run_id":[^{}]*\}\}$/
const EXIT = /exited with error code (\d{1,3})|\(signal (\d{1,2})\)/

const HEAD = 160
const TAIL = 400 // marimo writes a cell's status after its output
const SHORT = 4096

export function opOf(message: Buffer): string | null {
  return OP.exec(message.toString('latin1', 0, HEAD))?.[1] ?? null
}

/** Which cells run. marimo ends each run with completed-run; idle of each single cell counts too, should that be missing. */
export class Busy {
  readonly #cells = new Set<string>()

  get busy(): boolean {
    return this.#cells.size > 0
  }

  read(op: string | null, message: Buffer): void {
    if (op === 'completed-run' || op === 'kernel-ready') this.#cells.clear()
    else if (op === 'cell-op') this.#cell(message)
  }

  clear(): void {
    this.#cells.clear()
  }

  #cell(message: Buffer): void {
    const status = STATUS.exec(message.toString('latin1', Math.max(0, message.byteLength - TAIL)))?.[1]
    const cell = status && CELL.exec(message.toString('latin1', 0, HEAD))?.[1]
    if (!cell) return
    if (status !== 'queued' && status !== 'running') this.#cells.delete(cell)
    else if (this.#cells.size < MARIMO.busyCells) this.#cells.add(cell)
  }
}

export type ProcessEnd = { readonly type: 'exit' | 'signal'; readonly value: number }

/** marimo's last banner names how the Python process of a cell ended; only the number is taken from it. */
export function endIn(op: string | null, message: Buffer): ProcessEnd | null {
  if (op !== 'banner' || message.byteLength > SHORT) return null
  const found = EXIT.exec(message.toString('latin1'))
  if (found?.[1] !== undefined) return { type: 'exit', value: Number(found[1]) }
  if (found?.[2] !== undefined) return { type: 'signal', value: Number(found[2]) }
  return null
}

/** Stands in for a message that is larger than one message may be. */
export function oversizeMarker(bytes: number, limit: number): Buffer {
  const size = (value: number) => sizeText(Math.ceil(value / MiB) * MiB) // upwards, so that it is more than the limit
  const data = {
    op: 'alert',
    title: 'Output too large',
    description: `A message of ${size(bytes)} was left out: one message may have ${size(limit)}. Show less at once.`,
    variant: 'danger',
  }
  return Buffer.from(`{"op": "alert", "data": ${JSON.stringify(data)}}`)
}
