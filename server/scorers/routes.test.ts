import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'

const INFERENCE_URL = 'https://models.example'
const INPUTS = [{ name: 'hour', type: 'integer' }]
const LEAST = { model: 'late', level: 'internal', inputs: INPUTS }
const one = (setting: object) => JSON.stringify({ delays: { ...LEAST, ...setting } })
const read = (env: Record<string, string>) => {
  const configured = readConfig(env)
  if (!configured.ok) throw new Error(configured.message)
  return configured.config.inference
}

test('nothing set: the workspace’s own models', () => {
  expect(read({})).toBeNull()
})

test('a server and its models; what is not said is the least', () => {
  const big = { ...LEAST, model: 'org/big', level: 'secret', markings: ['PII'], readers: true, description: 'Big.' }
  const models = JSON.stringify({ delays: LEAST, big })
  const inference = read({ INFERENCE_URL: `${INFERENCE_URL}/`, INFERENCE_KEY: 'sk-1', INFERENCE_MODELS: models })
  const label = { level: 'secret', markings: ['PII'] }
  const delays = { name: 'delays', description: '', label: { level: 'internal', markings: [] }, readers: false, inputs: INPUTS }
  expect(inference).toEqual({
    url: INFERENCE_URL,
    key: 'sk-1',
    routes: new Map([
      ['delays', { model: 'late', deployed: delays }],
      ['big', { model: 'org/big', deployed: { name: 'big', description: 'Big.', label, readers: true, inputs: INPUTS } }],
    ]),
  })
  expect(read({ INFERENCE_URL, INFERENCE_MODELS: models })).toMatchObject({ key: null })
})

test('the models may stand in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'models-'))
  const path = join(folder, 'models.json')
  writeFileSync(path, one({}))
  expect([...(read({ INFERENCE_URL, INFERENCE_MODELS: path })?.routes.keys() ?? [])]).toEqual(['delays'])
  rmSync(folder, { recursive: true })
  expect(readConfig({ INFERENCE_URL, INFERENCE_MODELS: path })).toEqual({
    ok: false,
    message: `INFERENCE_MODELS names ${path}, which cannot be read.`,
  })
})

test.each([
  [{ INFERENCE_MODELS: one({}) }, 'INFERENCE_MODELS is set and INFERENCE_URL is not'],
  [{ INFERENCE_KEY: 'sk-secret' }, 'INFERENCE_KEY is set and INFERENCE_URL is not'],
  [{ INFERENCE_URL }, 'INFERENCE_URL is set and INFERENCE_MODELS is not'],
  [{ INFERENCE_URL: 'models.example', INFERENCE_MODELS: one({}) }, 'INFERENCE_URL is not usable'],
  [{ INFERENCE_URL: 'https://me:sk-secret@models.example', INFERENCE_MODELS: one({}) }, 'INFERENCE_URL is not usable'],
  [{ INFERENCE_URL: 'file:///etc', INFERENCE_MODELS: one({}) }, 'INFERENCE_URL is not usable'],
  [{ INFERENCE_URL, INFERENCE_KEY: 'sk-secret x', INFERENCE_MODELS: one({}) }, 'INFERENCE_KEY is not usable'],
  [{ INFERENCE_URL, INFERENCE_MODELS: '{}' }, 'INFERENCE_MODELS is not usable:'],
  [{ INFERENCE_URL, INFERENCE_MODELS: '{nonsense' }, 'INFERENCE_MODELS is not usable:'],
  [{ INFERENCE_URL, INFERENCE_MODELS: one({ level: 'high' }) }, 'INFERENCE_MODELS is not usable at delays.level'],
  [{ INFERENCE_URL, INFERENCE_MODELS: one({ inputs: [] }) }, 'INFERENCE_MODELS is not usable at delays.inputs'],
  [
    { INFERENCE_URL, INFERENCE_MODELS: one({ inputs: [...INPUTS, ...INPUTS] }) },
    'INFERENCE_MODELS is not usable at delays.inputs',
  ],
  [{ INFERENCE_URL, INFERENCE_MODELS: one({ owner: 'x' }) }, 'INFERENCE_MODELS is not usable at delays'],
])('%j is refused', (env, said) => {
  const configured = readConfig(env)
  expect(configured).toMatchObject({ ok: false, message: expect.stringContaining(said) })
  expect(JSON.stringify(configured)).not.toContain('sk-secret')
})
