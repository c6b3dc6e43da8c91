// The workspace's own models, in real processes; what one of those may do is tested beside it, in python/tests/test_scorer.py.
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { INFERENCE } from '#protocol/limits.ts'
import { TestClock } from '#protocol/testing.ts'
import { clock } from '../clock.ts'
import { inferenceContract, reals } from '../seams/inference.contract.ts'
import type { Inference } from '../seams/inference.ts'
import { onnxInference } from './onnx.ts'
import { DESCRIBED, modelFolder, PYTHON } from './testing/models.ts'

const SHORT = 3000 // ms; the real limit is longer
const MODELS = {
  same: 'passing(FLOAT, None)',
  words: 'passing(STRING, None)',
  unusable: 'foreign()',
  rejected: 'passing(FLOAT, 2)',
  garbled: 'summing()',
  silent: 'endless()',
}

inferenceContract(['unknown', 'unusable', 'rejected', 'garbled', 'silent'], async () => {
  const folder = modelFolder(MODELS)
  const inference = onnxInference({ folder, python: PYTHON, clock, within: SHORT })
  return {
    inference,
    named: (manner) => manner,
    close: async () => {
      inference.close()
      rmSync(folder, { recursive: true })
    },
  }
})

let folder: string
let inference: Inference
let time: TestClock
const all: Inference[] = []
beforeAll(() => {
  folder = modelFolder({ same: MODELS.same, endless: MODELS.silent })
})
afterEach(() => {
  for (const one of all.splice(0)) one.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

function open(python = PYTHON): void {
  time = new TestClock()
  inference = onnxInference({ folder, python, clock: time })
  all.push(inference)
}
const asked = (whose: string, model = 'same') => inference.predict({ whose, model, columns: [reals(1)] })
const ONE = { ok: true, columns: [{ name: 'y', type: 'real', values: [1] }] }

/** Process ids of ours that run the scorer. */
function scorers(): readonly string[] {
  const own = String(process.pid)
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const [, , , parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/\(.*\)/, '()')
        .split(' ')
      return parent === own && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('scorer/onnx.py')
    } catch {
      return false // it has ended
    }
  })
}

test('rows of two kernels are never in one process; those of one are in the same, until nobody asks', async () => {
  open()
  expect(await asked('k_1')).toEqual(ONE)
  const first = scorers()
  expect(await asked('k_1')).toEqual(ONE)
  expect(scorers()).toEqual(first)
  expect(await asked('k_2')).toEqual(ONE)
  expect(scorers()).toHaveLength(2)
  inference.forget('k_1')
  await expect.poll(() => scorers().filter((pid) => first.includes(pid))).toEqual([])
  time.pass(INFERENCE.idle)
  await expect.poll(scorers).toEqual([])
})

test('the one that was idle longest makes room; where all are at work it is busy', async () => {
  open()
  for (let n = 0; n < INFERENCE.processes; n++) expect(await asked(`k_${n}`)).toEqual(ONE)
  expect(await asked('k_new')).toEqual(ONE)
  await expect.poll(() => scorers().length).toBe(INFERENCE.processes)
  const before = scorers()
  const waiting = Array.from({ length: INFERENCE.processes }, (_, n) => asked(`k_${n}`, 'endless'))
  await expect.poll(() => scorers().filter((pid) => !before.includes(pid)).length).toBe(INFERENCE.processes)
  expect(await asked('k_more')).toEqual({ ok: false, why: 'busy' })
  inference.close()
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => ({ ok: false, why: 'failed' })))
})

test('no more than so many batches of one kernel wait for a model', async () => {
  open()
  const asking = Array.from({ length: INFERENCE.waiting + 1 }, () => asked('k_1', 'endless'))
  expect(await Promise.race(asking)).toEqual({ ok: false, why: 'busy' })
  await expect.poll(() => scorers().length).toBe(1)
  inference.close()
  const answers = (await Promise.all(asking)).map((answer) => (answer.ok ? 'answered' : answer.why))
  expect(answers.sort()).toEqual(['busy', ...Array.from({ length: INFERENCE.waiting }, () => 'failed')])
})

test('a file that was replaced is opened anew', async () => {
  open()
  expect(await asked('k_1')).toEqual(ONE)
  const path = join(folder, 'same.onnx')
  const whole = readFileSync(path)
  writeFileSync(path, 'no model')
  expect(await asked('k_1')).toEqual({ ok: false, why: 'unusable' })
  writeFileSync(path, whole)
  utimesSync(path, 1000, 1000)
  expect(await asked('k_1')).toEqual(ONE)
})

test('a file that is larger than one may be is not opened', async () => {
  open()
  const whole = readFileSync(join(folder, 'same.onnx'))
  const path = join(folder, 'padded.onnx')
  for (const [size, said] of [
    [INFERENCE.file, ONE],
    [INFERENCE.file + 1, { ok: false, why: 'unusable' }],
  ] as const) {
    writeFileSync(path, padded(whole, size))
    expect(await asked('k_1', 'padded')).toEqual(said)
  }
  rmSync(path)
})

/** With a field that no model has, of zeros. */
function padded(model: Buffer, size: number): Buffer {
  const zeros = size - model.length - 6 // what says so takes six bytes
  const length = [0, 7, 14, 21].map((bits) => ((zeros >> bits) & 0x7f) | (bits < 21 ? 0x80 : 0))
  return Buffer.concat([model, Buffer.from([0xa2, 0x06, ...length]), Buffer.alloc(zeros)])
}

test('what is not described, or has no file, is not listed', async () => {
  open()
  const odd: Record<string, string> = {
    'no name.json': JSON.stringify(DESCRIBED),
    'no name.onnx': '',
    'alone.json': JSON.stringify(DESCRIBED),
    'unlabelled.json': JSON.stringify({ ...DESCRIBED, level: undefined }),
    'unlabelled.onnx': '',
    'more.json': JSON.stringify({ ...DESCRIBED, owner: 'somebody' }),
    'more.onnx': '',
    'twice.json': JSON.stringify({ ...DESCRIBED, inputs: [...DESCRIBED.inputs, ...DESCRIBED.inputs] }),
    'twice.onnx': '',
    'nonsense.json': '{',
    'nonsense.onnx': '',
  }
  for (const [name, text] of Object.entries(odd)) writeFileSync(join(folder, name), text)
  expect((await inference.list()).map(({ name }) => name)).toEqual(['endless', 'same'])
  expect(await onnxInference({ folder: '/nowhere', python: PYTHON, clock: time }).list()).toEqual([])
})

test('one that says what nobody asked for, or too much, is ended; one that cannot be started has failed', async () => {
  const script = join(folder, 'instead')
  for (const [body, why] of [
    ['echo nonsense; exec sleep 60', 'garbled'],
    ['echo \'{"columns": [{"name": "y", "type": "real", "values": [1, 2]}]}\'; exec sleep 60', 'garbled'],
    ['head -c 4000000 /dev/zero; exec sleep 60', 'too-long'],
    ['exit 0', 'failed'],
  ] as const) {
    writeFileSync(script, `#!/bin/sh\n${body}\n`)
    chmodSync(script, 0o700)
    open(script)
    expect([body, await asked('k_1')]).toEqual([body, { ok: false, why }])
  }
  open('/nowhere/python')
  expect(await asked('k_1')).toEqual({ ok: false, why: 'failed' })
})

test('one that is not ready in time is ended', async () => {
  const script = join(folder, 'instead')
  const begun = join(folder, 'begun')
  writeFileSync(script, `#!/bin/sh\ntouch ${begun}\nexec sleep 60\n`)
  chmodSync(script, 0o700)
  open(script)
  const said = asked('k_1')
  await expect.poll(() => existsSync(begun)).toBe(true)
  time.pass(INFERENCE.loading)
  expect(await said).toEqual({ ok: false, why: 'silent' })
})
