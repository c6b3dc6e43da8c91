import { expect, test } from 'vitest'
import { identityContract } from '../seams/identity.contract.ts'
import { demoIdentity } from './demo.ts'

identityContract(demoIdentity(0))
identityContract(demoIdentity(40))

test('the demo accounts, by role', () => {
  const standings = demoIdentity(0)
    .accounts()
    .map(({ name, standing }) => [name, standing])
  expect(standings).toEqual([
    ['Owner', 'owner'],
    ['Analyst', 'member'],
    ['Colleague', 'member'],
    ['Auditor', 'auditor'],
    ['Outsider', 'none'],
  ])
})

test('bench accounts are members, as many as asked for', () => {
  const bench = demoIdentity(40).accounts().slice(5)
  expect(bench).toHaveLength(40)
  expect(new Set(bench.map((account) => account.standing))).toEqual(new Set(['member']))
})
