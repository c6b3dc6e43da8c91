import { expect, test } from 'vitest'
import type { ArtefactCard, MadeTableCard } from '#protocol/artefacts.ts'
import { entriesOf, nameOfEntry, releasedText } from './words.ts'

const card: ArtefactCard = {
  id: 'a_00000001',
  name: 'delays',
  kind: 'table',
  bytes: 1,
  label: { level: 'internal', markings: [] },
  maker: { id: 'p_00000001', name: 'Anna' },
  notebook: 'n_00000001',
  at: 0,
  inputs: [],
  unnamed: 0,
  library: null,
  released: [],
  version: 1,
  may: { release: true, raise: true, lower: false, remove: true },
}

test('tables that were made stand among what was saved, the newest first', () => {
  const { label, maker, notebook, inputs, unnamed, library } = card
  const table: MadeTableCard = { table: 'anna.delays', label, maker, notebook, inputs, unnamed, library, at: 2 }
  const saved = [
    { ...card, name: 'newest', at: 3 },
    { ...card, name: 'oldest', at: 1 },
  ]
  expect(entriesOf(saved, [table]).map(nameOfEntry)).toEqual(['newest', 'anna.delays', 'oldest'])
})

test('whom it is released to, for who may know', () => {
  const nameOf = () => 'Boris'
  expect(releasedText(card, nameOf)).toBe('Yours alone')
  const released = [{ who: 'workspace' }, { who: 'person', person: 'p_00000002' }] as const
  expect(releasedText({ ...card, released: [...released] }, nameOf)).toBe('Released to everybody in the workspace, Boris')
  expect(releasedText({ ...card, released: null }, nameOf)).toBe('Released by Anna')
})
