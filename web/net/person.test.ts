import { expect, test } from 'vitest'
import { createPeople } from './person.ts'

const OWNER = { id: 'p_demo-owner', name: 'Owner' }
const minted = { bearer: 'b'.repeat(43), expires: Number.MAX_SAFE_INTEGER, person: OWNER, standing: 'owner', member: true }
const preferences = { autorun: false, theme: 'system', editor: {} } as const
const refusal = (code: string, message = code) => ({ code, message, id: 'e_AAAAAAAAAAAA' })

/** A server that answers by path, and what it was asked. */
function people(answers: Record<string, () => [number, unknown]>) {
  const asked: [path: string, body: unknown][] = []
  const made = createPeople(async (path, { body }) => {
    asked.push([path, JSON.parse(String(body ?? 'null'))])
    const answer = answers[path]
    if (!answer) throw new TypeError('fetch failed')
    const [status, value] = answer()
    return new Response(JSON.stringify(value), { status })
  })
  return { ...made, asked }
}

const signsIn = { '/api/sign-in': () => [200, OWNER] as [number, unknown] }
const mints = { '/api/bearer': () => [200, { ...minted, preferences }] as [number, unknown] }
const mintsNothing = { '/api/bearer': () => [401, refusal('signed-out')] as [number, unknown] }

test('who comes with a cookie that is good is signed in, who comes without is at the sign-in page, without a notice', async () => {
  const good = people(mints)
  expect(good.who()).toEqual({ state: 'unknown' })
  await good.arrive()
  expect(good.who()).toEqual({ state: 'signed-in', person: OWNER, standing: 'owner', member: true, preferences })
  const none = people(mintsNothing)
  await none.arrive()
  expect(none.who()).toEqual({ state: 'signed-out', notice: null })
})

test('a server that cannot be reached is said as that', async () => {
  const { arrive, who } = people({})
  await arrive()
  expect(who()).toEqual({ state: 'unreachable' })
})

test('signing in mints a bearer; the person is asked for by account', async () => {
  const { signIn, who, bearer, asked } = people({ ...signsIn, ...mints })
  await signIn(OWNER)
  expect(asked[0]).toEqual(['/api/sign-in', { account: OWNER.id, replace: false }])
  expect(who()).toMatchObject({ state: 'signed-in', person: OWNER })
  expect(await bearer()).toBe(minted.bearer)
})

test('a browser that does not keep the cookie is told so', async () => {
  const { signIn, who } = people({ ...signsIn, ...mintsNothing })
  await expect(signIn(OWNER)).rejects.toThrow(/^This browser did not keep the sign-in cookie\. Allow cookies/)
  expect(who()).toEqual({ state: 'signed-out', notice: null })
})

const replaces = (asked: [string, unknown][]) =>
  asked.some(([, body]) => (body as { replace?: boolean } | null)?.replace === true)

test('a refused sign-in is thrown as the server said it, and can be sent again to replace who is there', async () => {
  const { signIn, asked, who } = people({
    ...mints,
    '/api/sign-in': () => (replaces(asked) ? [200, OWNER] : [409, refusal('occupied', 'Analyst is signed in.')]),
  })
  await expect(signIn(OWNER)).rejects.toMatchObject({
    status: 409,
    refusal: { code: 'occupied', message: 'Analyst is signed in.' },
  })
  expect(who()).toEqual({ state: 'unknown' })
  await signIn(OWNER, true)
  expect(who()).toMatchObject({ state: 'signed-in' })
})

test('the first reason for being signed out stays', async () => {
  const { signIn, left, who } = people({ ...signsIn, ...mints })
  await signIn(OWNER)
  left('Analyst has signed in.')
  left('Your session has ended.')
  expect(who()).toEqual({ state: 'signed-out', notice: 'Analyst has signed in.' })
})

test('signing out ends it here also where the server does not know the session any more', async () => {
  const { signIn, signOut, who } = people({ ...signsIn, ...mints, '/api/sign-out': () => [500, refusal('internal')] })
  await signIn(OWNER)
  await signOut()
  expect(who()).toEqual({ state: 'signed-out', notice: null })
})
