import { expect, test } from 'vitest'
import { Refusal } from '#protocol/api.ts'
import { ERRORS, refusal, refuse } from './errors.ts'

test.each(Object.entries(ERRORS))('%s is a whole sentence with a status', (_, { status, text }) => {
  expect(status).toBeGreaterThanOrEqual(400)
  if (!text.startsWith('{reason}')) expect(text).toMatch(/^[A-Z{].*\.$/)
})

test('a refusal has its values filled in and an id of its own', () => {
  const one = refusal('files-full', { limit: '256 MB' })
  expect(Refusal.parse(one)).toMatchObject({ code: 'files-full', message: expect.stringContaining('256 MB') })
  expect(one.id).not.toBe(refusal('files-full', { limit: '256 MB' }).id)
  const internal = refuse('internal')
  expect(internal.refusal.message).toContain(internal.refusal.id)
  expect(internal.status).toBe(500)
})
