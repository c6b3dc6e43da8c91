// The table against the pinned marimo itself: what it mounts and registers, no more and no less.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { APP_CONFIG, FUNCTIONS, MARIMO, ROUTES, USER_CONFIG } from '#protocol/marimo.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const Found = z.object({
  marimo: z.string(),
  routes: z.array(z.object({ method: z.string(), path: z.string() })),
  functions: z.array(z.string()),
  userConfig: z.record(z.string(), z.array(z.string())),
  appConfig: z.array(z.string()),
})
const found = Found.parse(
  JSON.parse(execFileSync(`${root}.venv/bin/python`, [`${root}scripts/marimo-routes.py`], { encoding: 'utf8' })),
)

test('the triage is of the pinned version', () => expect(found.marimo).toBe(MARIMO))

test('every route is triaged, and none that is gone', () => {
  const names = found.routes.map(({ method, path }) => `${method} ${path}`)
  expect(Object.keys(ROUTES).sort()).toEqual([...new Set(names)].sort())
})

test('every element function is triaged, and none that is gone', () => {
  expect(Object.keys(FUNCTIONS).sort()).toEqual([...found.functions].sort())
})

test('every setting that may be changed exists', () => {
  for (const [table, keys] of Object.entries(USER_CONFIG))
    expect(found.userConfig[table]).toEqual(expect.arrayContaining([...keys]))
  expect(found.appConfig).toEqual(expect.arrayContaining([...APP_CONFIG]))
})

test('a reader is never given what an editor is refused', () => {
  for (const triage of [...Object.values(ROUTES), ...Object.values(FUNCTIONS)]) {
    if (triage.run === 'pass') expect(triage.edit).toBe('pass')
  }
})
