// The last line of `npm test` counts what the runners counted, and hides nothing.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { e2eCounts, unitCounts } from './lib/counts.mjs'
import { NODE, PYTHON } from './lib/paths.mjs'

/** Runs `work` in a folder of its own with the given files. */
function inFolder<T>(files: Record<string, string>, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'counts-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const ROOT = join(import.meta.dirname, '..')
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs')

test('unit: a failure, a skipped test and a file that cannot be loaded are three different things', () => {
  const files = {
    'a.test.js': `test('good', () => {}); test('bad', () => { throw new Error('no') }); test.skip('later', () => {}); test.todo('some day')`,
    'b.test.js': `import './nowhere.js'`,
  }
  const counts = inFolder(files, (folder) => {
    spawnSync(NODE, [VITEST, 'run', '--globals', '--root', folder, '--reporter=json', '--outputFile', join(folder, 'unit.json')])
    return unitCounts(JSON.parse(readFileSync(join(folder, 'unit.json'), 'utf8')))
  })
  const { wrong, ...others } = counts
  expect(others).toEqual({ passed: 1, failed: 2, skipped: 2, unrun: ['later (skipped)', 'some day (todo)'] })
  expect(wrong).toEqual([expect.stringMatching(/^bad: Error: no/), expect.stringMatching(/b\.test\.js: .*nowhere/)])
})

test('python: what is skipped is counted, and printed with its reason', () => {
  const files = {
    'tests/__init__.py': '',
    'tests/test_a.py': `import unittest
class A(unittest.TestCase):
    def test_good(self): pass
    def test_bad(self): self.fail()
    @unittest.skip("no such kernel here")
    def test_later(self): pass
`,
  }
  inFolder(files, (folder) => {
    const result = join(folder, 'python.json')
    const run = spawnSync(PYTHON, [join(ROOT, 'scripts/lib/unittest_json.py'), folder, result], { encoding: 'utf8' })
    const { passed, failed, wrong, skipped, unrun } = JSON.parse(readFileSync(result, 'utf8'))
    expect({ passed, failed, skipped, code: run.status }).toEqual({ passed: 1, failed: 1, skipped: 1, code: 1 })
    expect(wrong).toEqual(['tests.test_a.A.test_bad: AssertionError: None'])
    expect(unrun).toEqual(['tests.test_a.A.test_later (no such kernel here)'])
  })
})

test('e2e: a test that passed when tried again has failed; one that was skipped says why, one that did not run says that', () => {
  const skipped = (title: string, annotations: object[]) => ({ title, tests: [{ status: 'skipped', annotations }] })
  const failed = (title: string, status: string) => ({
    title,
    tests: [
      { status, annotations: [], results: [{ error: { message: 'no', location: { file: '/e2e/a.spec.ts', line: 3 } } }, {}] },
    ],
  })
  const report = {
    stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 },
    suites: [
      {
        specs: [skipped('one', [{ type: 'skip', description: 'needs root' }])],
        suites: [{ specs: [skipped('two', []), failed('three', 'unexpected'), failed('four', 'flaky')] }],
      },
    ],
  }
  const { wrong, ...others } = e2eCounts(report)
  expect(others).toEqual({ passed: 5, failed: 2, skipped: 2, unrun: ['one (needs root)', 'two (did not run)'] })
  expect(wrong).toEqual(['three: a.spec.ts:3: no', 'four: a.spec.ts:3: no'])
})
