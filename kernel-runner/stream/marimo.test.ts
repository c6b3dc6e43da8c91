// A kernel's server that answers as no server should: every command is answered all the same, in time, and in our words.
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WIRE } from '#protocol/limits.ts'
import { type Answer, Commands } from './marimo.ts'

const DEADLINE = 500 // where no answer comes
const PATIENT = 20_000
const HEAD = 'HTTP/1.1 200 OK\r\n'

let folder: string
let server: net.Server
let commands: Commands
let connections: net.Socket[]

/** Each connection is answered by `answers` of its number, from 0; `write` says false when it is gone. */
function hostile(
  answers: (write: (text: string) => boolean, connection: number, socket: net.Socket) => void,
  deadline = PATIENT,
): void {
  const socketPath = path.join(folder, 'kernel.sock')
  server = net.createServer((socket) => {
    const connection = connections.push(socket) - 1
    socket.on('error', () => {})
    socket.on('data', () => answers((text) => socket.writable && socket.write(text), connection, socket))
  })
  server.listen(socketPath)
  commands = new Commands(socketPath, 's_1', { command: deadline, longCommand: deadline })
}

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hostile-'))
  connections = []
})
afterEach(() => {
  commands.close()
  for (const connection of connections) connection.destroy()
  server.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

const run = () => commands.run({ method: 'POST', path: '/api/kernel/run', body: Buffer.from('{}') })
const codeOf = ({ body }: Answer) => (JSON.parse(body.toString()) as { code: string }).code

async function answered(): Promise<[number, string]> {
  const since = performance.now()
  const answer = await run()
  expect(performance.now() - since).toBeLessThan(PATIENT / 2)
  return [answer.status, codeOf(answer)]
}

describe('an answer that is', () => {
  it('an upgrade nobody asked for', async () => {
    hostile((write) => write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: nonsense\r\nConnection: Upgrade\r\n\r\nmore'))
    expect(await answered()).toEqual([502, 'kernel-unreachable'])
  })

  it('a promise of an answer without end', async () => {
    hostile((write, _, socket) => {
      const more = () => {
        if (write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100))) setImmediate(more)
        else socket.once('drain', more)
      }
      more()
    }, DEADLINE)
    expect(await answered()).toEqual([504, 'kernel-silent'])
  })

  it('a flood of heads', async () => {
    hostile((write) => write(`${HEAD}${Array.from({ length: 5000 }, (_, n) => `x-${n}: ${'y'.repeat(1000)}\r\n`).join('')}\r\n`))
    expect(await answered()).toEqual([502, 'kernel-unreachable'])
  })

  it('half of one, and then nothing', async () => {
    hostile((write) => write(`${HEAD}content-length: 100\r\n\r\nhalf`), DEADLINE)
    expect(await answered()).toEqual([504, 'kernel-silent'])
  })

  it('half of one, and then the end', async () => {
    hostile((_, __, socket) => socket.end(`${HEAD}content-length: 100\r\n\r\nhalf`))
    expect(await answered()).toEqual([502, 'kernel-unreachable'])
  })

  it('nothing, a word, or the end', async () => {
    hostile((write, connection, socket) => {
      if (connection === 1) write('hello\r\n\r\n')
      if (connection === 2) socket.end()
    }, DEADLINE)
    expect(await answered()).toEqual([504, 'kernel-silent'])
    expect(await answered()).toEqual([502, 'kernel-unreachable'])
    expect(await answered()).toEqual([502, 'kernel-unreachable'])
  })

  it('larger than a message, with its length or without', async () => {
    const body = 'x'.repeat(WIRE.message)
    hostile((write, connection) =>
      write(
        connection === 0 ? `${HEAD}content-length: ${body.length}\r\n\r\n${body}` : `${HEAD}connection: close\r\n\r\n${body}`,
      ),
    )
    expect(await answered()).toEqual([502, 'answer-too-large'])
    expect(await answered()).toEqual([502, 'answer-too-large'])
  })

  it('followed by a second one nobody asked for', async () => {
    const good = `${HEAD}content-length: 2\r\n\r\nok`
    hostile((write) => write(`${good}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`))
    expect((await run()).body.toString()).toBe('ok')
    expect((await run()).body.toString()).toBe('ok')
  })

  it('dressed up: none of its heads is passed on but a type, cut to size', async () => {
    const heads = [
      'set-cookie: __Host-sid=1; Secure; Path=/',
      'set-cookie: sid=1; Domain=localhost',
      'location: https://shell.example/',
      'access-control-allow-origin: *',
      'content-security-policy: default-src *',
      'clear-site-data: "*"',
      `content-type: text/html${'; x=y'.repeat(200)}`,
    ]
    hostile((write) => write(`HTTP/1.1 302 Found\r\n${heads.join('\r\n')}\r\ncontent-length: 2\r\n\r\nok`))
    const answer = await run()
    expect(Object.keys(answer).sort()).toEqual(['body', 'contentType', 'status'])
    expect([answer.status, answer.contentType?.length, answer.body.toString()]).toEqual([302, 200, 'ok'])
    expect(connections).toHaveLength(1)
  })
})

it('keeps the connection of an answer that is one', async () => {
  hostile((write) => write(`${HEAD}content-length: 2\r\n\r\nok`))
  for (let n = 0; n < 5; n += 1) expect((await run()).body.toString()).toBe('ok')
  expect(connections).toHaveLength(1)
})

it('does not keep a connection whose answer was given up', async () => {
  hostile(
    (write, connection) =>
      write(connection === 0 ? `${HEAD}content-length: 9\r\n\r\nhalf` : `${HEAD}content-length: 2\r\n\r\nok`),
    DEADLINE,
  )
  expect(codeOf(await run())).toBe('kernel-silent')
  expect((await run()).body.toString()).toBe('ok')
  expect(connections).toHaveLength(2)
  await expect.poll(() => connections[0]?.destroyed || connections[0]?.readableEnded).toBe(true)
})
