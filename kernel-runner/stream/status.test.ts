import { describe, expect, it } from 'vitest'
import { Busy, endIn, opOf, oversizeMarker } from './status.ts'

// Shapes as marimo 0.25.2 sends them.
const cell = (id: string, status: string | null, output = 'null') =>
  Buffer.from(
    `{"op": "cell-op", "data": {"op":"cell-op","cell_id":"${id}","output":${output},"console":null,"status":${JSON.stringify(status)},"stale_inputs":null,"run_id":"a0136463","execution_id":null,"timestamp":1795389721.69}}`,
  )
const completed = Buffer.from(
  '{"op": "completed-run", "data": {"op":"completed-run","run_id":"a","outcome":"succeeded","error":null}}',
)

function after(...messages: Buffer[]): boolean {
  const busy = new Busy()
  for (const message of messages) busy.read(opOf(message), message)
  return busy.busy
}

describe('busy', () => {
  it.each([
    ['nothing said', [], false],
    ['queued', [cell('a', 'queued')], true],
    ['running', [cell('a', 'running')], true],
    ['idle again', [cell('a', 'running'), cell('a', 'idle')], false],
    ['one of two still runs', [cell('a', 'running'), cell('b', 'running'), cell('a', 'idle')], true],
    ['the run is complete', [cell('a', 'queued'), cell('b', 'running'), completed], false],
    ['an output without a status', [cell('a', 'running'), cell('a', null, '{"data":"x"}')], true],
    ['a status behind a large output', [cell('a', 'running', `{"data":"${'x'.repeat(100_000)}"}`)], true],
    [
      'an output that quotes a status',
      [cell('a', null, JSON.stringify({ data: '"status":"running","stale_inputs":null' }))],
      false,
    ],
  ])('%s', (_name, messages, expected) => {
    expect(after(...(messages as Buffer[]))).toBe(expected)
  })

  it('remembers a bounded number of cells', () => {
    const busy = new Busy()
    for (let n = 0; n < 10_000; n += 1) busy.read('cell-op', cell(`c${n}`, 'running'))
    for (let n = 0; n < 4096; n += 1) busy.read('cell-op', cell(`c${n}`, 'idle'))
    expect(busy.busy).toBe(false)
  })
})

describe('op', () => {
  it.each([
    ['{"op": "kernel-ready", "data": {}}', 'kernel-ready'],
    ['{"op":"kernel-ready"}', 'kernel-ready'],
    ['{"data": {"op": "kernel-ready"}}', null],
    ['', null],
    ['\u0000\u0001', null],
  ])('%s', (text, op) => {
    expect(opOf(Buffer.from(text))).toBe(op)
  })
})

it('reads how the Python process ended, and only numbers', () => {
  const banner = (text: string) =>
    Buffer.from(`{"op": "banner", "data": {"op":"banner","title":"Kernel stopped","description":"${text}"}}`)
  expect(endIn('banner', banner('The kernel exited with error code 3. Click'))).toEqual({ type: 'exit', value: 3 })
  expect(endIn('banner', banner('stopped by the operating system (signal 11).'))).toEqual({ type: 'signal', value: 11 })
  expect(endIn('banner', banner('hello'))).toBeNull()
  expect(endIn('alert', banner('exited with error code 3'))).toBeNull()
})

it('stands in for a message that is too large', () => {
  const marker = JSON.parse(oversizeMarker(50 * 1024 * 1024, 16 * 1024 * 1024).toString())
  expect(marker.op).toBe('alert')
  expect(marker.data.description).toContain('50 MB')
  expect(marker.data.description).toContain('16 MB')
})
