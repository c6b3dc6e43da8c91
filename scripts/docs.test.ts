import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CALLS } from '#protocol/calls.ts'
import { CLOSE_NAMES } from '#protocol/close.ts'
import { DEATHS, PAGE_ERRORS, RUNNER_ANSWERS, RUNNER_REFUSALS } from '#protocol/errors.ts'
import { CAUSES } from '#protocol/runner.ts'
import { ERRORS } from '../server/errors.ts'
import { render, renderErrors } from './docs.ts'

it('docs/protocol.md is what protocol/ says: run `npm run docs`', () => {
  expect(readFileSync(new URL('../docs/protocol.md', import.meta.url), 'utf8')).toBe(render())
})

it('names every call, close code and control message', () => {
  const page = render()
  for (const name of [...Object.keys(CALLS), ...CLOSE_NAMES, '"hello"', '"welcome"', '"opened"', '/start'])
    expect(page).toContain(name)
  expect(page).not.toContain('undefined')
})

it('docs/errors.md is what the tables say: run `npm run docs`', () => {
  expect(readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8')).toBe(renderErrors())
})

it('names every code, cause and close name there is', () => {
  const page = renderErrors()
  const tables = [ERRORS, RUNNER_ANSWERS, RUNNER_REFUSALS, DEATHS, PAGE_ERRORS].flatMap((table) => Object.keys(table))
  for (const name of [...tables, ...CAUSES, ...CLOSE_NAMES]) expect(page).toContain(`| \`${name}\` |`)
})

/** What the sources of a side say, wherever it stands. */
function said(side: string, pattern: RegExp): string[][] {
  const root = join(import.meta.dirname, '..', side)
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => /(?<!\.test)\.tsx?$/.test(path))
  return files.flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(pattern)].map((match) => match.slice(1)))
}

it('the runner and the page say no code that is not in a table', () => {
  const runner = said('kernel-runner', /refusal\(\s*(\d+),\s*'([a-z-]+)',/g)
  expect(runner.length).toBeGreaterThan(3)
  for (const [status, code] of runner) expect(RUNNER_ANSWERS).toMatchObject({ [code as string]: { status: Number(status) } })
  expect(new Set(runner.map(([, code]) => code))).toEqual(new Set(Object.keys(RUNNER_ANSWERS)))
  const page = [...said('web', /refusedLocally\(\s*'([a-z-]+)'/g), ...said('web', /return \{ code: '([a-z-]+)'/g)].flat()
  expect(new Set(page)).toEqual(new Set(Object.keys(PAGE_ERRORS)))
})
