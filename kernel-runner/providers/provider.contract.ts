// What every provider must do, told to a test runner. Codes are Python; the fake knows these few lines.

import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Commands, Stream, type StreamEnd } from '../stream/marimo.ts'
import { opOf } from '../stream/status.ts'
import { specOf } from '../testing/client.ts'
import type { KernelProcess, KernelProvider, ProviderEvent } from './provider.ts'

const SOURCE = `import marimo

app = marimo.App()


@app.cell
def _():
    answer = 6 * 7
    answer
    return (answer,)


if __name__ == "__main__":
    app.run()
`
const DEADLINE = 30_000

type Told = { readonly op: string | null; readonly text: string }

class Started {
  readonly events: ProviderEvent[] = []
  readonly told: Told[] = []
  readonly process: KernelProcess
  readonly session = `s_${randomBytes(8).toString('hex')}`
  ended: StreamEnd | null = null
  commands: Commands | null = null
  socket = ''

  constructor(provider: KernelProvider, mode: 'edit' | 'run', autorun: boolean) {
    const spec = specOf(randomBytes(6).toString('hex'), { mode, autorun })
    this.process = provider.start({ spec, source: Buffer.from(SOURCE), session: this.session, library: () => {} }, (event) =>
      this.events.push(event),
    )
  }

  async listening(): Promise<void> {
    const event = await this.event('listening')
    this.socket = event.type === 'listening' ? event.socket : ''
    this.commands = new Commands(this.socket, this.session)
  }

  dial(): Stream {
    return new Stream(this.socket, this.session, {
      open: () => {},
      oversize: () => {},
      message: (data) => this.told.push({ op: opOf(data), text: data.toString() }),
      ended: (end) => {
        this.ended = end
      },
    })
  }

  event(type: ProviderEvent['type']): Promise<ProviderEvent> {
    return until(() => this.events.find((event) => event.type === type), `${type} among ${JSON.stringify(this.events)}`)
  }

  said(op: string, part = ''): Promise<Told> {
    return until(() => this.told.find((told) => told.op === op && told.text.includes(part)), op)
  }

  async post(path: string, body: object): Promise<number | undefined> {
    const command = { method: 'POST', path, contentType: 'application/json', body: Buffer.from(JSON.stringify(body)) } as const
    return (await this.commands?.run(command))?.status
  }

  async run(code: string): Promise<void> {
    const ready = JSON.parse((await this.said('kernel-ready')).text)
    expect(await this.post('/api/kernel/run', { cellIds: [ready.data.cell_ids[0]], codes: [code] })).toBe(200)
  }
}

async function until<T>(look: () => T | undefined | null, what: string): Promise<T> {
  const deadline = Date.now() + DEADLINE
  for (;;) {
    const found = look()
    if (found) return found
    if (Date.now() > deadline) throw new Error(`waited for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export function providerContract(name: string, make: () => KernelProvider): void {
  describe(`provider ${name}`, () => {
    const provider = make()
    const started: Started[] = []
    const start = (mode: 'edit' | 'run' = 'edit', autorun = mode === 'run') => {
      const kernel = new Started(provider, mode, autorun)
      started.push(kernel)
      return kernel
    }
    beforeAll(async () => {
      expect(await provider.open()).toMatchObject({ level: expect.any(Number), marimo: expect.any(String) })
    }, 60_000)
    afterAll(async () => {
      await Promise.all(started.map((kernel) => kernel.process.end()))
      await provider.close()
    })

    it('says its steps, then where it listens', async () => {
      const kernel = start()
      await kernel.listening()
      expect(kernel.events.map((event) => event.type)).toEqual(['step', 'listening'])
    })

    it('serves marimo: ready, a cell that runs, its output, the end of the run', async () => {
      const kernel = start()
      await kernel.listening()
      kernel.dial()
      await kernel.run('"x" * 3')
      await kernel.said('cell-op', '"status":"running"')
      await kernel.said('cell-op', '"status":"idle"')
      await kernel.said('completed-run')
    })

    it('runs by itself for a reader', async () => {
      const kernel = start('run')
      await kernel.listening()
      kernel.dial()
      await kernel.said('kernel-ready')
      await kernel.said('completed-run')
    })

    it('runs nothing for a reader who opened without running, until told to, and then once', async () => {
      const kernel = start('run', false)
      await kernel.listening()
      kernel.dial()
      await kernel.said('kernel-ready')
      expect(await kernel.post('/api/kernel/set_ui_element_value', { objectIds: [], values: [] })).toBe(200)
      expect(kernel.told.some(({ op }) => op === 'cell-op')).toBe(false)
      for (let times = 0; times < 2; times += 1)
        expect(await kernel.post('/api/kernel/instantiate', { objectIds: [], values: [], autoRun: true })).toBe(200)
      await kernel.said('cell-op', '"status":"idle"')
      await kernel.said('completed-run')
      kernel.told.length = 0
      kernel.dial()
      await kernel.said('cell-op')
    })

    it('says everything again on a second stream of the same session, and ends the first', async () => {
      const kernel = start()
      await kernel.listening()
      kernel.dial()
      await kernel.run('"first seen"')
      await kernel.said('completed-run')
      kernel.told.length = 0
      kernel.dial()
      await kernel.said('kernel-ready', '"resumed":true')
      await kernel.said('cell-op', 'first seen')
    })

    it('refuses another session', async () => {
      const kernel = start()
      await kernel.listening()
      kernel.dial()
      await kernel.said('kernel-ready')
      const stranger = new Commands(kernel.socket, 's_stranger')
      const body = Buffer.from('{"cellIds":["Hbol"],"codes":["1"]}')
      const answer = await stranger.run({ method: 'POST', path: '/api/kernel/run', contentType: 'application/json', body })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      stranger.close()
    })

    it('can be interrupted', async () => {
      const kernel = start()
      await kernel.listening()
      kernel.dial()
      await kernel.run('while True: pass')
      await kernel.said('cell-op', '"status":"running"')
      const interrupt = {
        method: 'POST',
        path: '/api/kernel/interrupt',
        contentType: 'application/json',
        body: Buffer.from('{}'),
      } as const
      expect((await kernel.commands?.run(interrupt))?.status).toBe(200)
      await kernel.said('completed-run')
    })

    it('tells how much it uses', async () => {
      const kernel = start()
      await kernel.listening()
      const sample = await kernel.process.sample()
      expect(sample?.memory).toBeGreaterThan(1024 * 1024)
      expect(sample?.cpu).toBeGreaterThanOrEqual(0)
    })

    it('sees an exit: the stream ends, and inspect does not call it well or memory', async () => {
      const kernel = start()
      await kernel.listening()
      kernel.dial()
      await kernel.run('import os; os._exit(3)')
      const end = await until(() => kernel.ended, 'the end of the stream')
      const death = await kernel.process.inspect(end.type === 'shutdown')
      expect(death?.type).not.toBe('memory')
      expect(death !== null || end.type === 'shutdown').toBe(true)
    })

    it('ends, twice if asked, and is silent and unreachable afterwards', async () => {
      const kernel = start()
      await kernel.listening()
      kernel.dial()
      await kernel.said('kernel-ready')
      await Promise.all([kernel.process.end(), kernel.process.end()])
      const before = kernel.events.length
      expect(await kernel.process.sample()).toBeNull()
      expect((await kernel.commands?.run({ method: 'GET', path: '/health', body: Buffer.alloc(0) }))?.status).toBe(502)
      expect(kernel.events.length).toBe(before)
      expect(fs.existsSync(kernel.socket)).toBe(false)
    })

    it('ends while it starts', async () => {
      const kernel = start()
      await kernel.process.end()
      expect(kernel.events.some((event) => event.type === 'listening')).toBe(false)
    })
  })
}
