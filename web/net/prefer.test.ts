// What a person prefers is held at once, and taken back when the server refuses.
import { expect, test } from 'vitest'
import { createPeople, type Wishes } from './person.ts'

const BEFORE: Wishes = { autorun: false, theme: 'system', editor: {} }
const ANSWER = {
  bearer: 'b',
  expires: Date.now() + 300_000,
  person: { id: 'p_00000001', name: 'Owner' },
  standing: 'member' as const,
  member: true,
  preferences: BEFORE,
}

async function signedIn(put: (wishes: Wishes) => Promise<Response>) {
  const people = createPeople(async (path, { body }) =>
    path === '/api/bearer' ? Response.json(ANSWER) : put(JSON.parse(String(body)) as Wishes),
  )
  await people.arrive()
  const held = () => {
    const who = people.who()
    return who.state === 'signed-in' ? who.preferences : null
  }
  return { people, held }
}

test('a second change is laid over the first, though that is still on its way', async () => {
  const sent: Wishes[] = []
  const { people, held } = await signedIn(async (wishes) => {
    sent.push(wishes)
    return Response.json(wishes)
  })
  const first = people.prefer({ ...BEFORE, theme: 'dark' })
  const second = people.prefer({ ...(held() ?? BEFORE), autorun: true })
  await Promise.all([first, second])
  expect(held()).toEqual({ autorun: true, theme: 'dark', editor: {} })
  expect(sent.at(-1)).toEqual(held())
})

test('a refusal brings back what was before, and is told', async () => {
  const { people, held } = await signedIn(async () =>
    Response.json({ code: 'internal', message: 'It failed.', id: 'e_00000001' }, { status: 500 }),
  )
  const asked = people.prefer({ ...BEFORE, theme: 'dark' })
  expect(held()?.theme).toBe('dark')
  await expect(asked).rejects.toThrow()
  expect(held()).toEqual(BEFORE)
})
