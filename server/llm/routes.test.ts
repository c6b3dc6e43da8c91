import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'

const CORTEX_URL = 'https://models.example/v1'
const CORTEX_MODELS = '{"default": {"model": "small", "level": "internal"}}'
const one = (setting: object) => JSON.stringify({ default: { model: 'small', level: 'internal', ...setting } })
const read = (env: Record<string, string>) => {
  const configured = readConfig(env)
  if (!configured.ok) throw new Error(configured.message)
  return configured.config.cortex
}

test('nothing set: no models', () => {
  expect(read({})).toBeNull()
})

test('an endpoint and its models; what is not said is the least', () => {
  const big = { model: 'org/big', level: 'secret', markings: ['PII'], readers: true, tokens: 4096 }
  const models = JSON.stringify({ default: { model: 'small', level: 'internal' }, big })
  const cortex = read({ CORTEX_URL: `${CORTEX_URL}/`, CORTEX_KEY: 'sk-1', CORTEX_MODELS: models, CORTEX_TOKENS: '500' })
  expect(cortex).toEqual({
    url: CORTEX_URL,
    key: 'sk-1',
    perDay: 500,
    routes: new Map([
      ['default', { model: 'small', label: { level: 'internal', markings: [] }, readers: false, tokens: 1024 }],
      ['big', { model: 'org/big', label: { level: 'secret', markings: ['PII'] }, readers: true, tokens: 4096 }],
    ]),
  })
  expect(read({ CORTEX_URL, CORTEX_MODELS })).toMatchObject({ key: null, perDay: 1_000_000 })
})

test('the models may stand in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'models-'))
  const path = join(folder, 'models.json')
  writeFileSync(path, CORTEX_MODELS)
  expect([...(read({ CORTEX_URL, CORTEX_MODELS: path })?.routes.keys() ?? [])]).toEqual(['default'])
  rmSync(folder, { recursive: true })
  expect(readConfig({ CORTEX_URL, CORTEX_MODELS: path })).toEqual({
    ok: false,
    message: `CORTEX_MODELS names ${path}, which cannot be read.`,
  })
})

test.each([
  [{ CORTEX_MODELS }, 'CORTEX_MODELS is set and CORTEX_URL is not'],
  [{ CORTEX_KEY: 'sk-secret' }, 'CORTEX_KEY is set and CORTEX_URL is not'],
  [{ CORTEX_URL }, 'CORTEX_URL is set and CORTEX_MODELS is not'],
  [{ CORTEX_URL: 'models.example', CORTEX_MODELS }, 'CORTEX_URL is not usable'],
  [{ CORTEX_URL: 'file:///etc', CORTEX_MODELS }, 'CORTEX_URL is not usable'],
  [{ CORTEX_URL: 'https://me:sk-secret@models.example', CORTEX_MODELS }, 'CORTEX_URL is not usable'],
  [{ CORTEX_URL: 'https://models.example/?key=sk-secret', CORTEX_MODELS }, 'CORTEX_URL is not usable'],
  [{ CORTEX_URL, CORTEX_MODELS, CORTEX_KEY: 'sk-secret\nHost: x' }, 'CORTEX_KEY is not usable'],
  [{ CORTEX_URL, CORTEX_MODELS, CORTEX_TOKENS: '-1' }, 'CORTEX_TOKENS=-1 is not usable'],
  [{ CORTEX_URL, CORTEX_MODELS: '{' }, 'CORTEX_MODELS is not usable'],
  [{ CORTEX_URL, CORTEX_MODELS: '{}' }, 'CORTEX_MODELS is not usable'],
  [{ CORTEX_URL, CORTEX_MODELS: '{"a b": {"model": "x", "level": "public"}}' }, 'CORTEX_MODELS is not usable'],
  [{ CORTEX_URL, CORTEX_MODELS: '{"default": {"model": "x"}}' }, 'CORTEX_MODELS is not usable at default.level'],
  [{ CORTEX_URL, CORTEX_MODELS: one({ level: 'top' }) }, 'CORTEX_MODELS is not usable at default.level'],
  [{ CORTEX_URL, CORTEX_MODELS: one({ markings: ['pii'] }) }, 'CORTEX_MODELS is not usable at default.markings.0'],
  [{ CORTEX_URL, CORTEX_MODELS: one({ tokens: 0 }) }, 'CORTEX_MODELS is not usable at default.tokens'],
  [{ CORTEX_URL, CORTEX_MODELS: one({ reader: true }) }, 'CORTEX_MODELS is not usable at default'],
])('%o is refused in one line that says what to set, without the key', (env: Record<string, string>, says) => {
  const configured = readConfig(env)
  expect(configured).toMatchObject({ ok: false, message: expect.stringContaining(says) })
  const message = configured.ok ? '' : configured.message
  expect(message).not.toContain('\n')
  expect(message).not.toContain('sk-secret')
})
