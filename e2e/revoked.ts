// A reader's kernel that streams rows of a managed table, and when the last of it was: on the wire, as a process, at the data plane.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { decodeFrame } from '#protocol/codec.ts'
import type { Client, KernelStream, Tab } from './client.ts'
import { notebookOf } from './fixtures.ts'
import { processesOf } from './leftovers.ts'
import { alive, until } from './stack.ts'

export const STREAMED = 'flights' // large enough for a read of seconds
export const STREAMS = notebookOf(
  readFileSync(join(import.meta.dirname, 'streams.py'), 'utf8')
    .trim()
    .replace('TABLE', STREAMED),
)
const LATE = 10_000 // ms in which an end is looked for; what is asked of it is the caller's
const LOOK = 5 // ms between two looks at a process

/** With the colleague, to view. */
export async function share(author: Client, id: string, expires: number | null): Promise<void> {
  const { version: onto } = await author.call('GET /api/notebooks/:id/shares', { params: { id } })
  const body = { with: ['p_demo-colleague'], right: 'view', expires, onto }
  await author.call('PUT /api/notebooks/:id/shares', { params: { id }, body })
}

export const unshare = (author: Client, id: string) =>
  author.call('DELETE /api/notebooks/:id/shares', { params: { id }, body: { with: 'p_demo-colleague' } })

/** As the examples have it, but for the last moment. */
export const everybody = (expires: number | null = null) => [
  { id: 'members-read', to: { who: 'workspace' }, right: 'managed-table:read', rows: null, expires },
]

/** These grants of a table, and no others. */
export async function grant(owner: Client, table: string, grants: readonly object[]): Promise<void> {
  const params = { table }
  const { policy, version: onto } = await owner.call('GET /api/policies/:table', { params })
  if (isDeepStrictEqual(policy.grants, grants)) return
  const body = { policy: { ...policy, grants }, onto, reason: 'as a test has it' }
  await owner.call('PUT /api/policies/:table', { params, body })
}

/** Ms of the clock that all processes of the machine share. `byte`: asked at the end, since a late one would come late. */
export type Ends = { readonly process: number; readonly batch: number; byte(): number }

/** The one socket of a reader, whose every frame is seen. */
export class Wire {
  readonly #last = new Map<number, number>() // by channel

  constructor({ socket }: Tab) {
    socket.on('message', (data) => {
      const frame = decodeFrame(data as Buffer)
      if (frame !== null) this.#last.set(frame.channel, Date.now())
    })
  }

  last(channel: number): number {
    return this.#last.get(channel) ?? Number.NaN
  }
}

export type Streaming = { readonly kernel: string; readonly stream: KernelStream; readonly pids: readonly number[] }

/** The reader's own kernel of a shared notebook, once rows have come in. */
export async function streaming(reader: Client, tab: Tab, id: string): Promise<Streaming> {
  const { opened, kernel: stream } = await reader.open(tab, id)
  await stream.until('the first rows', ({ op, data }) => op === 'cell-op' && JSON.stringify(data).includes('PART:'))
  const pids = processesOf(opened.kernel)
  if (pids.length === 0) throw new Error('no process is in the sandbox of the kernel')
  return { kernel: opened.kernel, stream, pids }
}

/** When all of it had ended. */
export async function endsOf(reader: Client, wire: Wire, { kernel, stream, pids }: Streaming): Promise<Ends> {
  const [process, batch] = await Promise.all([gone(pids), cut(reader, kernel)])
  return { process, batch, byte: () => wire.last(stream.channel.id) }
}

async function gone(pids: readonly number[]): Promise<number> {
  const deadline = Date.now() + LATE
  while (pids.some(alive)) {
    if (Date.now() > deadline) throw new Error(`processes of the kernel after ${LATE} ms`)
    await wait(LOOK)
  }
  return Date.now()
}

/** When the end of the kernel's read was on record: its last batch came before that. */
async function cut(reader: Client, kernel: string): Promise<number> {
  return until('the end of the read', LATE, async () => {
    const { lines } = await reader.call('GET /api/audit', { query: { table: STREAMED } })
    const decided = lines.find(
      ({ kind, allowed, details }) => kind === 'read-decided' && allowed && details.includes(`Kernel ${kernel}`),
    )
    const end = lines.find(({ kind, details }) => kind === 'read-done' && details.includes(`Decided in row ${decided?.seq}`))
    if (end !== undefined && !end.text.startsWith('Read was cut off')) throw new Error(`the read was not cut: ${end.text}`)
    return end?.at ?? null
  })
}
