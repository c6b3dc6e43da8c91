// The connection to a runner that is late, or says what it should not: played over a real socket.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RequestHead } from '#protocol/channel.ts'
import type { Channel } from '#protocol/channelState.ts'
import { decodeCommand, encodeCommand } from '#protocol/codec.ts'
import { Link } from '#protocol/link.ts'
import type { KernelSpec, KernelState } from '#protocol/runner.ts'
import { Splitter } from '#protocol/splitter.ts'
import { streamWire } from '#protocol/streamWire.ts'
import { TestClock } from '#protocol/testing.ts'
import { decodeJson } from '#protocol/text.ts'
import { clock as realClock } from '../clock.ts'
import { makeLog } from '../log.ts'
import type { LiveKernels } from '../seams/kernels.ts'
import { runnerKernels } from './runner.ts'

const spec = (id: string): KernelSpec => ({
  id,
  person: 'p_00000001',
  notebook: 'n_00000001',
  mode: 'edit',
  autorun: false,
  theme: 'light',
  limits: { memory: 1, processes: 1, cpuShare: 1, files: 1, scratch: 1, output: 1 },
})
const state = (id: string): KernelState => ({
  spec: spec(id),
  phase: { phase: 'ready', level: 3 },
  usage: null,
  attached: null,
  detachedSince: 0,
  startedAt: 0,
  data: null,
})
const INFO = { level: 3, why: [], packages: [], marimo: 'm', python: 'p', instance: 'i' }

const HOW = { role: 'edit', stream: 's', next: 1, received: 0, resumed: false } as const

/** Answers calls as a test says; `null` keeps one waiting. */
class Played {
  readonly calls: { readonly path: string; readonly body: unknown; answer(body: object): void }[] = []
  readonly server: Server
  links = 0
  listed: object[] = []
  packages: object[] = []
  channel: Channel | null = null
  library: Channel | null = null

  constructor(path: string) {
    this.server = createServer((socket) => {
      this.links += 1
      const link: Link = new Link({
        side: 'server',
        hello: false,
        wire: streamWire(socket, () => socket.destroy()),
        clock: realClock,
        events: {
          open: ({ channel, resource }) => {
            if (resource.type === 'runner') this.#open(link, channel)
            if (resource.type === 'library') this.library = link.accept(channel, HOW, { message: () => {}, ended: () => {} })
          },
          closed: () => {},
        },
      })
      const splitter = new Splitter('kept', (frame) => link.receive(frame))
      socket.on('data', (chunk) => splitter.push(chunk))
      socket.on('drain', () => link.drain())
      socket.on('close', () => link.wireClosed(0))
    }).listen(path)
  }

  say(event: object): void {
    this.channel?.send('text', Buffer.from(JSON.stringify(event)))
  }

  #open(link: Link, id: number): void {
    this.channel = link.accept(id, HOW, {
      message: ({ payload, sequence }) => {
        const command = decodeCommand(payload)
        const { path } = RequestHead.parse(command?.head)
        const answer = (body: object) =>
          void this.channel?.send(
            'response',
            encodeCommand({ request: sequence, status: 200 }, Buffer.from(JSON.stringify(body))),
          )
        if (path === '/info') answer({ ...INFO, packages: this.packages })
        else if (path === '/list') answer({ kernels: this.listed })
        else
          this.calls.push({
            path,
            body: decodeJson(command?.body.subarray(0, command.body.indexOf(10) + 1 || undefined) ?? payload),
            answer,
          })
      },
      ended: () => {},
    })
  }
}

let folder: string
let played: Played
let clock: TestClock
let kernels: LiveKernels
const log: string[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'played-'))
  clock = new TestClock()
  const socket = join(folder, 'runner.sock')
  played = new Played(socket)
  log.length = 0
  kernels = runnerKernels({ socket, clock, log: makeLog('info', { write: (line) => void log.push(line) }) })
})

afterEach(() => {
  kernels.close()
  played.server.close()
  rmSync(folder, { recursive: true, force: true })
})

const up = () => expect.poll(() => kernels.info(), { timeout: 5000 }).not.toBeNull()
const begin = async () => {
  kernels.begin(
    async () => null,
    async () => '',
  )
  await up()
}

test('packages are those of the runner now, not of when it was reached', async () => {
  expect(await kernels.packages()).toBeNull()
  await begin()
  expect(await kernels.packages()).toEqual([])
  played.packages = [{ name: 'added-meanwhile', version: '1.0' }]
  expect(await kernels.packages()).toEqual(played.packages)
})

test('a start that is answered too late is told as none, and its kernel is stopped', async () => {
  await begin()
  const started = kernels.start(spec('k_late00000'), 'x')
  await expect.poll(() => played.calls.length).toBe(1)
  clock.pass(15_000)
  expect(await started).toEqual({ type: 'absent' })
  await expect.poll(() => played.calls.map(({ path }) => path)).toEqual(['/start', '/stop'])
  expect(played.calls[1]?.body).toEqual({ kernel: 'k_late00000', cause: 'start-failed' })
  played.calls[0]?.answer(state('k_late00000'))
  played.calls[1]?.answer({})
  const again = kernels.start(spec('k_second000'), 'x')
  await expect.poll(() => played.calls.length).toBe(3)
  played.calls[2]?.answer(state('k_second000'))
  expect((await again).type).toBe('started')
  expect(kernels.list().map(({ spec: { id } }) => id)).toEqual(['k_second000'])
})

test('an event that cannot be is left out and logged, without what it said; the link and the others stay', async () => {
  played.listed = [state('k_one000000'), { ...state('k_two000000'), usage: { memory: -1, cpu: 0, busy: true, idleSince: null } }]
  await begin()
  expect(kernels.list().map(({ spec: { id }, usage }) => [id, usage])).toEqual([
    ['k_one000000', null],
    ['k_two000000', null],
  ])
  const usage = (memory: number) => ({ memory, cpu: 0.5, busy: false, idleSince: 1 })
  played.say({ type: 'usage', kernel: 'k_one000000', usage: usage(-4096) })
  played.say({ type: 'nonsense' })
  played.say({ type: 'usage', kernel: 'k_two000000', usage: usage(77) })
  await expect.poll(() => kernels.get('k_two000000')?.usage).toEqual(usage(77))
  expect(kernels.get('k_one000000')?.usage).toBeNull()
  expect(played.links).toBe(1)
  expect(log.filter((line) => line.includes('no event'))).toHaveLength(2)
  expect(log.join('')).not.toContain('4096')
})

test('what a kernel asks that has ended is not answered: it counts as nothing any more', async () => {
  const asked: string[] = []
  const dead = { ...state('k_dead00000'), phase: { phase: 'exited', cause: 'files-above', message: 'x' } }
  played.listed = [dead, state('k_alive0000')]
  kernels.begin(
    async () => null,
    async ({ spec }, line) => {
      asked.push(`${spec.id} ${line}`)
      return ''
    },
  )
  await up()
  await expect.poll(() => played.library).not.toBeNull()
  for (const [call, kernel] of ['k_dead00000', 'k_alive0000'].entries())
    played.library?.send('text', Buffer.from(JSON.stringify({ call, kernel, line: 'asks' })))
  await expect.poll(() => asked).toEqual(['k_alive0000 asks'])
})
