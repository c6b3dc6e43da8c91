// Commands of a client that goes and comes back while its kernel is slow: they stay in order, and within bounds.
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CloseName } from '#protocol/close.ts'
import { encodeCommand } from '#protocol/codec.ts'
import { MARIMO } from '../bounds.ts'
import { ManualClock } from '../testing/clock.ts'
import type { Attachment } from './attachment.ts'
import { RingBudget } from './budget.ts'
import { Session } from './session.ts'

const TAB = 't_first00000'
const RUN = '/api/kernel/run'

let folder: string
let server: http.Server
let asked: { readonly path: string; answer(): void }[]
let session: Session

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'session-'))
  asked = []
  server = http.createServer((request, response) => {
    request.resume()
    request.on('end', () => asked.push({ path: request.url ?? '', answer: () => void response.end('{}') }))
  })
  server.on('upgrade', (_, stream) => stream.on('error', () => {})) // its stream is opened and says nothing
  const socket = path.join(folder, 'kernel.sock')
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  const nothing = () => {}
  const events = { kernelReady: nothing, busy: nothing, used: nothing, attached: nothing, streamEnded: nothing }
  session = new Session('s_1', 'p_owner0000', new ManualClock(), new RingBudget(), events)
  session.dial(socket)
})
afterEach(() => {
  session.end('kernelGone', '')
  server.closeAllConnections()
  server.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

function attach() {
  const { attachment, ...from } = session.attach(TAB, { stream: session.ring.stream, received: 0 })
  const seen = { closed: [] as (CloseName | undefined)[], consumed: 0, from }
  attachment.begin({
    queued: 0,
    send: () => 0,
    consumed: (cost) => {
      seen.consumed += cost
    },
    close: (reason) => void seen.closed.push(reason),
    flushed: (run) => run(),
  })
  return { attachment, seen }
}

function send(attachment: Attachment, sequence: number, command: string, bytes = 0): void {
  const payload = encodeCommand({ method: 'POST', path: command }, new Uint8Array(bytes))
  attachment.message({ kind: 'request', sequence, payload, cost: payload.byteLength })
}

const paths = () => asked.map((each) => each.path)

it('ordered commands of a client that came back wait for those it sent before; others do not', async () => {
  const first = attach()
  send(first.attachment, 1, RUN)
  send(first.attachment, 2, RUN)
  await expect.poll(paths).toEqual([RUN])
  session.left(first.attachment)
  const second = attach()
  expect(second.seen.from).toMatchObject({ resumed: true, received: 2 })
  send(second.attachment, 3, '/api/kernel/instantiate')
  send(second.attachment, 4, '/api/kernel/interrupt')
  await expect.poll(paths).toEqual([RUN, '/api/kernel/interrupt'])
  asked[0]?.answer()
  await expect.poll(paths).toEqual([RUN, '/api/kernel/interrupt', RUN])
  asked[2]?.answer()
  await expect.poll(paths).toEqual([RUN, '/api/kernel/interrupt', RUN, '/api/kernel/instantiate'])
})

it('who comes back again and again finds the bound on what is under way where it was, and is cut off far above it', () => {
  let sequence = 0
  const rounds = Array.from({ length: 40 }, () => {
    const { attachment, seen } = attach()
    for (let n = 0; n < 10; n += 1) send(attachment, ++sequence, RUN, MARIMO.commandBytes / 10)
    if (seen.closed.length === 0) session.left(attachment)
    return seen
  })
  expect(rounds[0]?.consumed).toBeGreaterThan(MARIMO.commandBytes / 2)
  expect(rounds.slice(1).map(({ consumed }) => consumed)).toEqual(rounds.slice(1).map(() => 0))
  const cut = rounds.map(({ closed }) => closed.includes('overrun'))
  expect(cut.indexOf(true)).toBe(MARIMO.backlog / MARIMO.commandBytes)
  expect(cut.lastIndexOf(false)).toBe(cut.indexOf(true) - 1)
})
