import { expect, test } from 'vitest'
import type { ArtefactCard } from '#protocol/artefacts.ts'
import { releasedText } from './words.ts'

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

test('whom it is released to, for who may know', () => {
  const nameOf = () => 'Boris'
  expect(releasedText(card, nameOf)).toBe('Yours alone')
  const released = [{ who: 'workspace' }, { who: 'person', person: 'p_00000002' }] as const
  expect(releasedText({ ...card, released: [...released] }, nameOf)).toBe('Released to everybody in the workspace, Boris')
  expect(releasedText({ ...card, released: null }, nameOf)).toBe('Released by Anna')
})
