import { expect, test } from 'vitest'
import { encodeText } from '#protocol/text.ts'
import type { Api } from '../net/api.ts'
import { refusedLocally } from '../primitives/refused.ts'
import { Drafts } from './drafts.ts'

const NOTEBOOK = 'n_00000001'
const command = encodeText(JSON.stringify({ codes: ['x = 1'], names: ['_'] }))

/** A server that can be away, or refuse. */
function server() {
  const state = { away: false, full: false, kept: [] as string[] }
  const api = (async (call: string, input?: { body?: { source: string } }) => {
    if (state.away) throw refusedLocally('offline', 'no connection')
    if (call === 'GET /api/notebooks/:id/source') return { name: 'a', source: 'import marimo\n\napp = marimo.App()\n' }
    if (state.full) throw refusedLocally('source-too-big', 'Larger than 5 MB.', 413)
    state.kept.push(input?.body?.source ?? '')
    return {}
  }) as unknown as Api
  return { state, drafts: new Drafts(api) }
}

test('a save command becomes a draft with its cells', async () => {
  const { state, drafts } = server()
  expect(await drafts.keep(NOTEBOOK, command)).toEqual({ type: 'kept' })
  expect(state.kept).toEqual([expect.stringContaining('    x = 1\n')])
})

test('without a connection it waits, and is sent once when there is one', async () => {
  const { state, drafts } = server()
  state.away = true
  expect(await drafts.keep(NOTEBOOK, command)).toEqual({ type: 'waiting' })
  expect(await drafts.retry()).toEqual([])
  state.away = false
  expect(await drafts.retry()).toEqual([[NOTEBOOK, { type: 'kept' }]])
  expect(await drafts.retry()).toEqual([])
  expect(state.kept).toHaveLength(1)
})

test('what the server refuses is said and not tried again', async () => {
  const { state, drafts } = server()
  state.full = true
  expect(await drafts.keep(NOTEBOOK, command)).toEqual({ type: 'gone', message: 'Larger than 5 MB.' })
  state.full = false
  expect(await drafts.retry()).toEqual([])
  expect(state.kept).toEqual([])
})
