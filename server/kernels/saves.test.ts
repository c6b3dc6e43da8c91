import { expect, test } from 'vitest'
import { decodeCommand, encodeCommand } from '#protocol/codec.ts'
import type { KernelSpec } from '#protocol/runner.ts'
import { refusal } from '../errors.ts'
import type { Committed } from '../seams/document.ts'
import { Saves } from './saves.ts'

const spec = { id: 'k_00000001', person: 'p_00000001', notebook: 'n_00000001' } as KernelSpec
const done: Committed = { type: 'committed', version: 'v_00000001', at: 1 }

function rig(result: Committed = done) {
  const commits: [string, string | null | undefined][] = []
  const saves = new Saves({
    commit: async (_writer, source, layout) => {
      commits.push([Buffer.from(source).toString(), layout])
      return result
    },
  })
  const answer = (request: number, body: string, { status = 200, stream = 's' } = {}) => {
    const payload = encodeCommand({ request, status, tag: 'save' }, Buffer.from(body))
    return saves.answered(spec, stream, { kind: 'response', sequence: 9, payload, cost: 0 })
  }
  return { saves, commits, answer }
}

test('what marimo wrote is committed with the layout of its command, then passed on', async () => {
  const { saves, commits, answer } = rig()
  saves.asked(spec.id, 's', 4, '{"type":"grid"}')
  saves.asked(spec.id, 's', 5, null)
  expect((await answer(4, 'a')).type).toBe('pass')
  await answer(5, 'b')
  expect(commits).toEqual([
    ['a', '{"type":"grid"}'],
    ['b', null],
  ])
})

test('an answer that comes again in the same stream is not committed over what came after it', async () => {
  const { commits, answer } = rig()
  await answer(4, 'a')
  await answer(5, 'b')
  expect((await answer(4, 'a')).type).toBe('pass')
  expect(commits.map(([source]) => source)).toEqual(['a', 'b'])
})

test('after a gateway was killed, the answer that comes again is committed and leaves the layout alone', async () => {
  const { commits, answer } = rig()
  await answer(4, 'a', { stream: 'another' })
  expect(commits).toEqual([['a', undefined]])
})

test('a failed save is passed on and stores nothing', async () => {
  const { commits, answer } = rig()
  expect((await answer(4, 'no', { status: 400 })).type).toBe('pass')
  expect(commits).toEqual([])
})

test('what the document refuses is refused to the browser, and tried again when it comes again', async () => {
  const { commits, answer } = rig({ type: 'refused', refusal: refusal('broken-source') })
  const verdict = await answer(4, 'x = (')
  if (verdict.type !== 'replace') throw new Error(verdict.type)
  const command = decodeCommand(verdict.payload)
  expect(command?.head).toMatchObject({ request: 4, status: 409 })
  expect(JSON.parse(Buffer.from(command?.body ?? []).toString())).toMatchObject({ code: 'broken-source' })
  await answer(4, 'x = (')
  expect(commits).toHaveLength(2)
})
