import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Column } from '#protocol/library/inference.ts'
import { clock } from '../clock.ts'
import { inferenceContract, reals } from '../seams/inference.contract.ts'
import { INFERENCE_FAILURES, type Inference, type InferenceFailure } from '../seams/inference.ts'
import { deployed } from './described.ts'
import { oipInference, type Route } from './oip.ts'
import { OipServer } from './testing/server.ts'

const KEY = 'sk-secret'
const SHORT = 300 // ms; the real limit is longer
const said = { description: 'Says what it was given.', level: 'confidential', markings: ['PII'], readers: true } as const

const route = (model: string, ...inputs: readonly string[]): readonly [string, Route] => {
  const taken = (inputs.length === 0 ? ['x'] : inputs).map((name) => ({ name, type: 'real' }) as const)
  return [model, { model, deployed: deployed(model, { ...said, inputs: taken }) }]
}

/** How the fixture brings each failure about. */
const CAUSES: Record<Exclude<InferenceFailure, 'unreachable'>, string> = {
  silent: 'unended',
  unauthorised: 'keyless',
  unknown: 'absent',
  busy: 'tooMany',
  rejected: 'rejected',
  failed: 'broken',
  redirected: 'redirect',
  garbled: 'nonsense',
  'too-long': 'endless',
  unusable: 'others',
}
const MANNERS = ['wide', 'bits', 'missing', 'short', 'lying', 'bent', 'deep', 'broad', 'halves', 'huge', 'odd', 'empty', 'cutOff']
const REFUSING = ['forbidden', 'away', 'same', 'words', ...Object.values(CAUSES)]
const ROUTES = new Map([
  ...[...MANNERS, ...REFUSING].map((model) => route(model)),
  route('columns', 'a', 'b'),
  route('packed', 'a', 'b'),
  route('plain', 'a', 'b'),
])

/** A port at which nobody listens any more. */
async function deadUrl(): Promise<string> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return `http://127.0.0.1:${port}`
}

inferenceContract(INFERENCE_FAILURES, async () => {
  const server = await new OipServer().start()
  const options = { key: KEY, routes: ROUTES, clock }
  const patient = oipInference({ ...options, url: server.url })
  const others: Record<string, Inference> = {
    [CAUSES.silent]: oipInference({ ...options, url: server.url, within: SHORT }),
    unreachable: oipInference({ ...options, url: await deadUrl(), routes: new Map([route('unreachable')]) }),
  }
  return {
    inference: { ...patient, predict: (batch) => (others[batch.model] ?? patient).predict(batch) },
    named: (manner) => (CAUSES as Record<string, string>)[manner] ?? manner,
    close: () => server.close(),
  }
})

describe('a server of the protocol', () => {
  let server: OipServer
  let inference: Inference
  beforeAll(async () => {
    server = await new OipServer().start()
    inference = oipInference({ url: server.url, key: KEY, routes: ROUTES, clock })
  })
  afterAll(() => server.close())
  const asked = (model: string, columns: readonly Column[] = [reals(1, 2, 3)]) =>
    inference.predict({ whose: 'k_1', model, columns })
  const A: Column = { name: 'a', type: 'integer', values: [1, 2] }
  const B: Column = { name: 'b', type: 'boolean', values: [true, false] }

  test('is asked for what it takes, with the key, and then for what it makes of rows', async () => {
    server.requests.length = 0
    await asked('same')
    const authorization = `Bearer ${KEY}`
    expect(server.requests).toEqual([
      { path: '/v2/models/same', authorization, inputs: null },
      {
        path: '/v2/models/same/infer',
        authorization,
        inputs: [{ name: 'input-0', datatype: 'FP64', shape: [3, 1], data: [1, 2, 3] }],
      },
    ])
  })

  test('gets a tensor for each column, or one with all of them in the order of the inputs', async () => {
    const sent = async (model: string) => {
      await asked(model, [B, A])
      return server.requests.at(-1)?.inputs
    }
    expect(await sent('columns')).toEqual([
      { name: 'b', datatype: 'FP32', shape: [2, 1], data: [true, false] },
      { name: 'a', datatype: 'FP32', shape: [2], data: [1, 2] },
    ])
    expect(await sent('packed')).toEqual([{ name: 'all', datatype: 'FP32', shape: [2, 2], data: [1, 1, 2, 0] }])
    expect(await sent('plain')).toEqual([{ name: 'input-0', datatype: 'FP64', shape: [2, 2], data: [1, 1, 2, 0] }])
  })

  test('what has several values for a row becomes several columns; types are kept', async () => {
    expect(await asked('wide')).toEqual({
      ok: true,
      columns: [
        { name: 'y_0', type: 'real', values: [1, 3, 5] },
        { name: 'y_1', type: 'real', values: [2, 4, 6] },
        { name: 'label', type: 'integer', values: [7, 8, 9] },
      ],
    })
    expect(await asked('bits')).toEqual({ ok: true, columns: [{ name: 'y', type: 'boolean', values: [true, false, true] }] })
    expect(await asked('missing')).toEqual({ ok: true, columns: [{ name: 'y', type: 'real', values: [1, null, 3] }] })
  })

  test.each(['short', 'lying', 'bent', 'deep', 'broad', 'halves', 'huge', 'odd', 'empty'])(
    'an answer that is not of these rows is none: %s',
    async (model) => {
      expect(await asked(model)).toEqual({ ok: false, why: 'garbled' })
    },
  )

  test('each refusal has its word; one that breaks off is not there', async () => {
    expect(await asked('forbidden')).toEqual({ ok: false, why: 'unauthorised' })
    expect(await asked('away')).toEqual({ ok: false, why: 'busy' })
    expect(await asked('cutOff')).toEqual({ ok: false, why: 'unreachable' })
  })

  test('one whose answer is too long is left', async () => {
    expect(await asked('endless')).toEqual({ ok: false, why: 'too-long' })
    await expect.poll(() => server.open).toBe(0)
  })

  test('texts are not put side by side with numbers', async () => {
    expect(await asked('plain', [A, { name: 'b', type: 'text', values: ['x', 'y'] }])).toEqual({ ok: false, why: 'unusable' })
  })
})
