// Names of people, as everybody may know them.
import { createQuery } from '@tanstack/solid-query'
import { usePeople } from '../../net/context.ts'
import { dataOf } from '../../primitives/query.ts'
import type { NameOf } from './words.ts'

export function createNames() {
  const people = usePeople()
  const accounts = createQuery(() => ({ queryKey: ['accounts'], queryFn: () => people.anonymous('GET /api/accounts') }))
  const nameOf: NameOf = (person) => dataOf(accounts)?.find(({ id }) => id === person)?.name ?? 'somebody who has left'
  return { accounts: () => dataOf(accounts) ?? [], nameOf }
}
