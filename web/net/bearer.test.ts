import { expect, test } from 'vitest'
import { createBearer } from './bearer.ts'

const minted = (bearer: string, expires: number) => ({
  bearer,
  expires,
  person: { id: 'p_00000001', name: 'Owner' },
  standing: 'member' as const,
  member: true,
  preferences: { autorun: false, theme: 'system' as const, editor: {} },
})

test('a bearer is kept until shortly before its end', async () => {
  let now = 0
  let made = 0
  const bearer = createBearer(
    async () => minted(`b${++made}`, now + 300_000),
    () => now,
  )
  expect([await bearer.get(), await bearer.get()]).toEqual(['b1', 'b1'])
  now = 271_000
  expect(await bearer.get()).toBe('b2')
  expect(await bearer.get(true)).toBe('b3')
})

test('many who ask at once share one request', async () => {
  let made = 0
  const bearer = createBearer(async () => minted(`b${++made}`, Number.MAX_SAFE_INTEGER))
  expect(await Promise.all([bearer.get(), bearer.get(), bearer.get(true)])).toEqual(['b1', 'b1', 'b1'])
})

test('a failed request is not kept: the next one asks anew', async () => {
  let calls = 0
  const bearer = createBearer(async () => {
    calls += 1
    if (calls === 1) throw new Error('offline')
    return minted('b', Number.MAX_SAFE_INTEGER)
  })
  await expect(bearer.get()).rejects.toThrow('offline')
  expect(await bearer.get()).toBe('b')
})

test('signed out is null, and dropping forgets', async () => {
  const bearer = createBearer(async () => null)
  expect(await bearer.get()).toBeNull()
  const held = createBearer(async () => minted('b', Number.MAX_SAFE_INTEGER))
  await held.get()
  held.drop()
  expect(await held.get()).toBe('b')
})
