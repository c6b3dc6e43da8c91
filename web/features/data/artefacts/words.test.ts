import { expect, test } from 'vitest'
import type { ArtefactCard } from '#protocol/artefacts.ts'
import { inputLines, releasedText } from './words.ts'

const card: ArtefactCard = {
  id: 'a_00000001',
  name: 'delays',
  kind: 'table',
  bytes: 1,
  label: { level: 'internal', markings: [] },
  maker: { id: 'p_00000001', name: 'Anna' },
  notebook: 'n_00000001',
  at: 0,
  inputs: [
    { table: 'flights', policy: 2, label: { level: 'internal', markings: [] }, changed: false },
    { table: 'planes', policy: 1, label: { level: 'internal', markings: [] }, changed: true },
  ],
  unnamed: 2,
  library: { level: 'confidential', markings: ['PII'] },
  released: [],
  version: 1,
  may: { release: true, raise: true, lower: false, remove: true },
}

test('what it was made from, with what changed since and what one may not know of', () => {
  expect(inputLines(card)).toEqual([
    'flights, under version 2 of its rules',
    'planes, under version 1 of its rules, which have changed since',
    '2 tables that you may not know of',
    'Passages of the library, up to confidential · PII',
  ])
  expect(inputLines({ ...card, inputs: [], unnamed: 0, library: null })).toEqual([])
})

test('whom it is released to, for who may know', () => {
  const nameOf = () => 'Boris'
  expect(releasedText(card, nameOf)).toBe('Yours alone')
  const released = [{ who: 'workspace' }, { who: 'person', person: 'p_00000002' }] as const
  expect(releasedText({ ...card, released: [...released] }, nameOf)).toBe('Released to everybody in the workspace, Boris')
  expect(releasedText({ ...card, released: null }, nameOf)).toBe('Released by Anna')
})
