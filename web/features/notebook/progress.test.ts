import { expect, test } from 'vitest'
import { cellOf, heard, NO_RUN, progressOf, type Run } from './progress.ts'

/** As marimo writes it. */
const message = (cell: string, status: string | null, output: unknown = null) =>
  `{"op": "cell-op", "data": ${JSON.stringify({ op: 'cell-op', cell_id: cell, output, console: null, status, stale_inputs: null, run_id: '57685a0f-e37d', execution_id: null, timestamp: 1795685006.03 })}}`
/** "+a1": cell a is queued in run 1; "-a1": it has ended. */
const run = (said: string, from: Run = NO_RUN): Run =>
  said.split(' ').reduce((now, [sign, cell = '', of = '']) => heard(now, { cell, run: of, ended: sign === '-' }), from)

test('a message of a cell is read by its ends: its status and its run, after whatever it shows', () => {
  const news = (ended: boolean) => ({ news: { cell: 'Hbol', run: '57685a0f-e37d', ended } })
  expect(cellOf(message('Hbol', 'queued'))).toEqual(news(false))
  expect(cellOf(message('Hbol', 'running'))).toEqual(news(false))
  const lies = `"status":"queued","stale_inputs":null,"run_id":"x" ${'x'.repeat(1000)} "status":"queued","stale_inputs":null,"run_id":"x"`
  const large = { channel: 'output', mimetype: 'text/html', data: lies }
  expect(cellOf(message('Hbol', 'idle', large))).toEqual(news(true))
  expect(cellOf(message('Hbol', null, large))).toEqual({ news: null })
  expect(cellOf('{"op": "completed-run", "data": {"op":"completed-run"}}')).toBeNull()
  expect(cellOf('{"op": "kernel-ready", "data": {"op":"kernel-ready","cell_ids":["a"]}}')).toBeNull()
})

test('a run is counted from its first cell to its last, and the next by itself', () => {
  const begun = run('+a1 +b1 +c1')
  expect(progressOf(begun)).toEqual({ done: 0, of: 3 })
  expect(progressOf(run('+a1 -a1 +b1', begun))).toEqual({ done: 1, of: 3 })
  const done = run('-a1 -b1 -c1', begun)
  expect(progressOf(done)).toBeNull()
  expect(progressOf(run('+b2', done))).toEqual({ done: 0, of: 1 })
  expect(progressOf(run('+b2 +c2 -b2', done))).toEqual({ done: 1, of: 2 })
})

test('a page that returns in the middle counts what had ended in the same run, and nothing of runs before', () => {
  expect(progressOf(run('-a1 -b1 +c1 +d1'))).toEqual({ done: 2, of: 4 })
  expect(progressOf(run('-a1 -b2 +c2 -d1'))).toEqual({ done: 1, of: 2 })
  expect(progressOf(run('-a1 -b1 -c2'))).toBeNull()
})

test('what changes nothing is the same run: nothing is drawn anew', () => {
  const begun = run('+a1 +b1 -a1')
  expect(run('+b1', begun)).toBe(begun)
  expect(run('-a1', begun)).toBe(begun)
})
