import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lastLines, openLog, rotate } from './lib/logs.mjs'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'scrydon-logs-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('a log that has grown is put aside while its program goes on appending', () => {
  const log = openLog(home, 'gateway') as number
  writeFileSync(log, 'first\n')
  rotate(home, 'gateway', 6)
  expect(lastLines(home, 'gateway')).toBe('first')
  rotate(home, 'gateway', 5)
  writeFileSync(log, 'second\n')
  expect(lastLines(home, 'gateway')).toBe('second')
  expect(readFileSync(join(home, 'logs', 'gateway.log'), 'utf8')).toBe('second\n')
  expect(readFileSync(join(home, 'logs', 'gateway.log.1'), 'utf8')).toBe('first\n')
})
