// Demo accounts, named by role; for loopback only (config.ts refuses any other address). Bench accounts are plain members.
import type { Identity, Principal } from '../seams/identity.ts'

const DEMO: readonly Principal[] = [
  { id: 'p_demo-owner', name: 'Owner', standing: 'owner' },
  { id: 'p_demo-analyst', name: 'Analyst', standing: 'member' },
  { id: 'p_demo-colleague', name: 'Colleague', standing: 'member' },
  { id: 'p_demo-auditor', name: 'Auditor', standing: 'auditor' },
  { id: 'p_demo-outsider', name: 'Outsider', standing: 'none' },
]

export function demoIdentity(benchAccounts: number): Identity {
  const bench = Array.from({ length: benchAccounts }, (_, i): Principal => {
    const number = String(i + 1).padStart(4, '0')
    return { id: `p_bench-${number}`, name: `Bench ${number}`, standing: 'member' }
  })
  const accounts = [...DEMO, ...bench]
  const byId = new Map(accounts.map((account) => [account.id, account]))
  return { accounts: () => accounts, find: (person) => byId.get(person) ?? null }
}
