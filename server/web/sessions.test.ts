import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SIGN_IN } from '#protocol/limits.ts'
import { demoIdentity } from '../identity/demo.ts'
import type { Store } from '../seams/store.ts'
import { openStore } from '../store/sqlite.ts'
import { COOKIE, makeSignIn, readCookie, type SignIn } from './sessions.ts'

let home: string
let store: Store
let now: number
let signIn: SignIn
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'scrydon-sessions-'))
  store = openStore(home)
  now = 1000
  signIn = makeSignIn(store, demoIdentity(0), () => now)
})
afterEach(async () => {
  await store.close()
  rmSync(home, { recursive: true })
})

test('a bearer names the person, for five minutes', async () => {
  const minted = await signIn.mint(await signIn.begin('p_demo-owner'))
  expect(signIn.check(minted?.bearer ?? '')?.principal.name).toBe('Owner')
  now += SIGN_IN.bearer - 1
  expect(signIn.check(minted?.bearer ?? '')).not.toBeNull()
  now += 1
  expect(signIn.check(minted?.bearer ?? '')).toBeNull()
})

test('a session ends after twelve hours, and its last bearer with it', async () => {
  const cookie = await signIn.begin('p_demo-owner')
  now += SIGN_IN.session - 1000
  const last = await signIn.mint(cookie)
  expect(last?.expires).toBe(now + 1000)
  now += 1000
  expect(await signIn.mint(cookie)).toBeNull()
})

test('signing out ends every session of the person, tells who listens, and nobody else’s', async () => {
  const a = await signIn.begin('p_demo-owner')
  const b = await signIn.begin('p_demo-owner')
  const other = await signIn.begin('p_demo-analyst')
  const bearers = await Promise.all([a, b, other].map(async (cookie) => (await signIn.mint(cookie))?.bearer ?? ''))
  const ended: string[] = []
  signIn.onEnd(({ person }) => ended.push(person))
  await signIn.end('p_demo-owner')
  expect(bearers.map((bearer) => signIn.check(bearer)?.principal.name)).toEqual([undefined, undefined, 'Analyst'])
  expect(await signIn.mint(a)).toBeNull()
  expect(await signIn.mint(b)).toBeNull()
  expect(ended).toEqual(['p_demo-owner', 'p_demo-owner'])
  expect(await signIn.present()).toEqual(['p_demo-analyst'])
})

test('a restart keeps the session and asks for a new bearer', async () => {
  const cookie = await signIn.begin('p_demo-owner')
  const before = await signIn.mint(cookie)
  const after = makeSignIn(store, demoIdentity(0), () => now)
  expect(after.check(before?.bearer ?? '')).toBeNull()
  expect((await after.mint(cookie))?.principal.name).toBe('Owner')
})

test('who was signed in at a time and did not sign out: sessions that ran out count, those before it do not', async () => {
  await signIn.begin('p_demo-owner')
  now += SIGN_IN.session
  await signIn.sweep()
  expect(await signIn.since('p_demo-owner', 1000)).toBe(true)
  expect(await signIn.since('p_demo-owner', 999)).toBe(false)
  await signIn.end('p_demo-owner')
  await signIn.begin('p_demo-owner')
  expect(await signIn.since('p_demo-owner', now - 1)).toBe(false)
  expect(await signIn.since('p_demo-owner', now)).toBe(true)
})

test('the sweep ends what ran out', async () => {
  await signIn.mint(await signIn.begin('p_demo-owner'))
  const ended: string[] = []
  signIn.onEnd(({ person }) => ended.push(person))
  now += SIGN_IN.session
  await signIn.sweep()
  expect(ended).toEqual(['p_demo-owner'])
})

test('neither cookie nor bearer is at rest', async () => {
  const cookie = await signIn.begin('p_demo-owner')
  expect(await store.sessions.get(cookie, now)).toBeNull()
})

test('bearers of one session are bounded', async () => {
  const cookie = await signIn.begin('p_demo-owner')
  const first = await signIn.mint(cookie)
  for (let i = 0; i < 64; i++) await signIn.mint(cookie)
  expect(signIn.check(first?.bearer ?? '')).toBeNull()
})

test.each([
  [undefined, null],
  ['', null],
  [`${COOKIE}=abc`, 'abc'],
  [`x=1; ${COOKIE}=abc; y=2`, 'abc'],
  [`${COOKIE}=abc; ${COOKIE}=def`, null], // a planted second one: neither is believed
  [`x${COOKIE}=abc`, null],
])('cookie header %j', (header, value) => {
  expect(readCookie(header)).toBe(value)
})
