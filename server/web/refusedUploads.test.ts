// An upload that is refused while it comes: its connection is as good as before, for what the client goes on to send.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DOCUMENTS, INFERENCE, NOTEBOOK } from '#protocol/limits.ts'
import { MiB } from '#protocol/size.ts'
import { type Client, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

let gateway: TestGateway
let owner: Client
let socket: Socket
let heard: string

beforeEach(async () => {
  gateway = await testGateway()
  owner = await signIn(gateway, 'demo-owner')
  const { hostname, port } = new URL(gateway.origin)
  socket = connect(Number(port), hostname)
  heard = ''
  socket.on('data', (part) => {
    heard += part.toString('latin1')
  })
  await once(socket, 'connect')
})
afterEach(async () => {
  socket.destroy()
  await stopGateway(gateway)
})

const head = (...lines: readonly string[]) => `${lines.join('\r\n')}\r\n\r\n`
const CHUNK = Buffer.concat([Buffer.from(`${MiB.toString(16)}\r\n`), Buffer.alloc(MiB, 'x'), Buffer.from('\r\n')])
const answers = () => heard.match(/HTTP\/1\.1 \d+/g) ?? []

/** Chunks, each when the one before is on its way. */
async function send(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) if (!socket.write(CHUNK)) await once(socket, 'drain')
}

test.each([
  ['beside a notebook', NOTEBOOK.upload, async (): Promise<string> => `PUT /api/notebooks/${await notebook()}/files/a.csv`],
  ['of a model', INFERENCE.file, async (): Promise<string> => 'POST /api/models/files'],
  ['of the library', DOCUMENTS.file, async (): Promise<string> => 'POST /api/library/files/a.txt?level=public'],
] as const)(
  'a file %s',
  async (_, limit, route) => {
    const { host } = new URL(gateway.origin)
    const typed = ['content-type: application/octet-stream', 'transfer-encoding: chunked']
    socket.write(head(`${await route()} HTTP/1.1`, `host: ${host}`, `authorization: Bearer ${owner.bearer}`, ...typed))
    await send(limit / MiB + 1)
    await expect.poll(answers, { timeout: 10_000 }).toEqual(['HTTP/1.1 413'])
    await send(32) // more than lies in buffers on the way
    socket.write('0\r\n\r\n')
    socket.write(head('GET /healthz HTTP/1.1', `host: ${host}`))
    await expect.poll(answers, { timeout: 10_000 }).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
  },
  30_000,
)

async function notebook(): Promise<string> {
  const made = await owner.call('POST /api/notebooks', { name: 'a' })
  return (made.body as { id: string }).id
}
