import { expect, test } from 'vitest'
import { cellOf, heard, NO_RUN, progressOf, type Run } from './progress.ts'

/** As marimo writes it. */
const message = (cell: string, status: string | null, output: unknown = null) =>
  `{"op": "cell-op", "data": ${JSON.stringify({ op: 'cell-op', cell_id: cell, output, console: null, status, stale_inputs: null, run_id: null, execution_id: null, timestamp: 1795685006.03 })}}`
const run = (said: string, from: Run = NO_RUN): Run =>
  said.split(' ').reduce((now, word) => heard(now, { cell: word.slice(1), ended: word[0] === '-' }), from)

test('a message of a cell is read by its ends: its status, after whatever it shows', () => {
  expect(cellOf(message('Hbol', 'queued'))).toEqual({ cell: 'Hbol', ended: false })
  expect(cellOf(message('Hbol', 'running'))).toEqual({ cell: 'Hbol', ended: false })
  const large = { channel: 'output', mimetype: 'text/html', data: `"status":"queued" ${'x'.repeat(1000)} "status":"queued"` }
  expect(cellOf(message('Hbol', 'idle', large))).toEqual({ cell: 'Hbol', ended: true })
  expect(cellOf(message('Hbol', null, large))).toEqual({ cell: 'Hbol', ended: null })
  expect(cellOf('{"op": "completed-run", "data": {"op":"completed-run"}}')).toBeNull()
  expect(cellOf('{"op": "kernel-ready", "data": {"op":"kernel-ready","cell_ids":["a"]}}')).toBeNull()
})

test('a run is counted from its first cell to its last, and the next begins anew', () => {
  const begun = run('+a +b +c')
  expect(progressOf(begun)).toEqual({ done: 0, of: 3 })
  expect(progressOf(run('+a -a +b', begun))).toEqual({ done: 1, of: 3 })
  const done = run('-a -b -c', begun)
  expect(progressOf(done)).toBeNull()
  expect(progressOf(run('+b', done))).toEqual({ done: 0, of: 1 })
  expect(progressOf(run('+b +c -b', done))).toEqual({ done: 1, of: 2 })
})

test('a page that returns in the middle counts what had ended, too', () => {
  expect(progressOf(run('-a -b +c +d'))).toEqual({ done: 2, of: 4 })
  expect(progressOf(run('-a -b -c'))).toBeNull()
})

test('what changes nothing is the same run: nothing is drawn anew', () => {
  const begun = run('+a +b -a')
  expect(heard(begun, { cell: 'b', ended: false })).toBe(begun)
  expect(heard(begun, { cell: 'a', ended: true })).toBe(begun)
})
