import { describe, expect, test } from 'vitest'
import { Refused } from '../../../primitives/refused.ts'
import { contentOf, mayShow, nameIn, pictureOf } from './content.ts'

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])
const ID = 'a_00000001'

describe('the bytes of an artefact', () => {
  const asked: (string | undefined)[] = []
  const answering = (...answers: Response[]) => {
    asked.length = 0
    return async (path: string, { headers }: RequestInit) => {
      expect(path).toBe(`/api/artefacts/${ID}/content`)
      asked.push((headers as Record<string, string>).authorization)
      return answers.shift() ?? new Response('', { status: 500 })
    }
  }
  const bearer = async (renew?: boolean) => (renew ? 'new' : 'old')
  const attachment = { 'content-disposition': "attachment; filename*=UTF-8''a%20b.png" }

  test('come with their name, under a bearer that is renewed once', async () => {
    const fetch = answering(new Response('', { status: 401 }), new Response('x', { headers: attachment }))
    const { name, blob } = await contentOf(fetch, bearer, ID)
    expect([name, await blob.text(), asked]).toEqual(['a b.png', 'x', ['Bearer old', 'Bearer new']])
  })

  test('a refusal is thrown in its own words', async () => {
    const refusal = { code: 'not-found', message: 'There is nothing here, or not for you.', id: 'e_00000001' }
    const refused = contentOf(answering(Response.json(refusal, { status: 404 })), bearer, ID)
    await expect(refused).rejects.toEqual(new Refused(refusal, 404))
    await expect(contentOf(answering(new Response('no', { status: 502 })), bearer, ID)).rejects.toThrow('The server answered 502')
  })
})

test('a name that cannot be read is none', () => {
  expect(nameIn("attachment; filename*=UTF-8''%E2%82%AC.txt")).toBe('€.txt')
  expect(nameIn("attachment; filename*=UTF-8''%E2")).toBeNull()
  expect(nameIn('attachment')).toBeNull()
})

test('only what is a PNG by its type and its first bytes becomes a picture', async () => {
  expect(await pictureOf(new Blob([PNG], { type: 'image/png' }))).toBe('data:image/png;base64,iVBORw0KGgoBAgM=')
  expect(await pictureOf(new Blob([PNG], { type: 'image/svg+xml' }))).toBeNull()
  expect(await pictureOf(new Blob(['<svg/>'], { type: 'image/png' }))).toBeNull()
})

test('pictures are shown up to a size, other kinds never', () => {
  expect(mayShow({ kind: 'picture', bytes: 16 * 1024 * 1024 })).toBe(true)
  expect(mayShow({ kind: 'picture', bytes: 16 * 1024 * 1024 + 1 })).toBe(false)
  expect(mayShow({ kind: 'file', bytes: 1 })).toBe(false)
})
