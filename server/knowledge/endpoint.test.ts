import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'

const EMBEDDINGS_URL = 'https://models.example/v1'
const set = { EMBEDDINGS_URL, EMBEDDINGS_MODEL: 'small', EMBEDDINGS_LEVEL: 'internal' }
const read = (env: Record<string, string>) => {
  const configured = readConfig(env)
  if (!configured.ok) throw new Error(configured.message)
  return configured.config.embeddings
}

test('nothing set: searches by words', () => {
  expect(read({})).toBeNull()
})

test('an endpoint, and the highest of what it may be sent', () => {
  expect(read(set)).toEqual({ url: EMBEDDINGS_URL, key: null, model: 'small', label: { level: 'internal', markings: [] } })
  const all = { ...set, EMBEDDINGS_URL: `${EMBEDDINGS_URL}/`, EMBEDDINGS_KEY: 'sk-1', EMBEDDINGS_MARKINGS: 'EU,PII' }
  expect(read(all)).toMatchObject({ url: EMBEDDINGS_URL, key: 'sk-1', label: { level: 'internal', markings: ['EU', 'PII'] } })
})

test.each([
  [{ EMBEDDINGS_MODEL: 'small' }, 'EMBEDDINGS_MODEL is set and EMBEDDINGS_URL is not'],
  [{ EMBEDDINGS_KEY: 'sk-secret' }, 'EMBEDDINGS_KEY is set and EMBEDDINGS_URL is not'],
  [{ ...set, EMBEDDINGS_URL: 'models.example' }, 'EMBEDDINGS_URL is not usable'],
  [{ ...set, EMBEDDINGS_URL: 'https://me:sk-secret@models.example' }, 'EMBEDDINGS_URL is not usable'],
  [{ ...set, EMBEDDINGS_KEY: 'sk-secret\nHost: x' }, 'EMBEDDINGS_KEY is not usable'],
  [{ EMBEDDINGS_URL, EMBEDDINGS_LEVEL: 'internal' }, 'EMBEDDINGS_MODEL is to be set'],
  [{ EMBEDDINGS_URL, EMBEDDINGS_MODEL: 'small' }, 'EMBEDDINGS_LEVEL is to be set'],
  [{ ...set, EMBEDDINGS_LEVEL: 'top' }, 'EMBEDDINGS_LEVEL is not usable'],
  [{ ...set, EMBEDDINGS_MARKINGS: 'pii' }, 'EMBEDDINGS_MARKINGS is not usable'],
])('%o is refused in one line that says what to set, without the key', (env: Record<string, string>, says) => {
  const configured = readConfig(env)
  expect(configured).toMatchObject({ ok: false, message: expect.stringContaining(says) })
  const message = configured.ok ? '' : configured.message
  expect(message).not.toContain('\n')
  expect(message).not.toContain('sk-secret')
})
