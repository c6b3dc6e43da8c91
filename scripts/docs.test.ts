import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { API } from '#protocol/api.ts'
import { CLOSE_NAMES } from '#protocol/close.ts'
import { render } from './docs.ts'

it('docs/protocol.md is what protocol/ says: run `npm run docs`', () => {
  expect(readFileSync(new URL('../docs/protocol.md', import.meta.url), 'utf8')).toBe(render())
})

it('names every call, close code and control message', () => {
  const page = render()
  for (const name of [...Object.keys(API), ...CLOSE_NAMES, '"hello"', '"welcome"', '"opened"', '/start'])
    expect(page).toContain(name)
  expect(page).not.toContain('undefined')
})
