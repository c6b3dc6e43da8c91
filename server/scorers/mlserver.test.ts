// The Open Inference Protocol as a real server speaks it: MLServer with a model of scikit-learn, in an environment of its own (.mlserver),
// which npm test sets up where it can.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Column } from '#protocol/library/inference.ts'
import { clock } from '../clock.ts'
import type { Inference } from '../seams/inference.ts'
import { deployed } from './described.ts'
import { oipInference } from './oip.ts'

const BIN = join(import.meta.dirname, '../../.mlserver/bin')
const START = 120_000 // ms: it imports much
const MAKE = `import joblib, sys
from sklearn.linear_model import LinearRegression
joblib.dump(LinearRegression().fit([[0, 0], [1, 0], [0, 1]], [10, 11, 12]), sys.argv[1])`
const INPUTS = [
  { name: 'a', type: 'integer' },
  { name: 'b', type: 'real' },
] as const

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

describe.skipIf(!existsSync(join(BIN, 'python')))('MLServer', () => {
  let folder: string
  let child: ChildProcess
  let inference: Inference
  const A: Column = { name: 'a', type: 'integer', values: [2, 0, -1] }
  const B: Column = { name: 'b', type: 'real', values: [0.5, 0, 1] }
  const asked = (model: string) => inference.predict({ whose: 'k_1', model, columns: [B, A] })

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mlserver-'))
    const [http, grpc, metrics] = await Promise.all([freePort(), freePort(), freePort()])
    execFileSync(join(BIN, 'python'), ['-c', MAKE, join(folder, 'model.joblib')])
    const settings = { host: '127.0.0.1', http_port: http, grpc_port: grpc, metrics_port: metrics, parallel_workers: 0 }
    const model = { name: 'plane', implementation: 'mlserver_sklearn.SKLearnModel', parameters: { uri: './model.joblib' } }
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings))
    writeFileSync(join(folder, 'model-settings.json'), JSON.stringify(model))
    child = spawn(join(BIN, 'python'), [join(BIN, 'mlserver'), 'start', folder], { stdio: 'ignore' })
    const url = `http://127.0.0.1:${http}`
    const ready = () =>
      fetch(`${url}/v2/models/plane/ready`).then(
        ({ ok }) => ok,
        () => false,
      )
    await vi.waitUntil(ready, { timeout: START, interval: 250 })
    const said = { description: '', level: 'internal', markings: [], readers: false, inputs: INPUTS } as const
    const route = (model: string) => [model, { model, deployed: deployed(model, said) }] as const
    inference = oipInference({ url, key: null, routes: new Map([route('plane'), route('absent')]), clock })
  }, START)
  afterAll(async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
    rmSync(folder, { recursive: true })
  })

  test('scores rows with a model of scikit-learn, its inputs in their order', async () => {
    const predicted = await asked('plane')
    if (!predicted.ok) throw new Error(predicted.why)
    expect(predicted.columns.map(({ name, type }) => ({ name, type }))).toEqual([{ name: 'predict', type: 'real' }])
    const expected = [13, 10, 11] // 10 + a + 2b
    const [made] = predicted.columns
    for (const [row, value] of (made?.values ?? []).entries()) expect(value).toBeCloseTo(expected[row] ?? Number.NaN)
    expect(made?.values).toHaveLength(3)
  })

  test('says of a model that is not there that it is not', async () => {
    expect(await asked('absent')).toEqual({ ok: false, why: 'unknown' })
  })
})
