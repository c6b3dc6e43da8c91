// Reading a query's data without being thrown at. solid-query's `data` suspends while it loads and throws when it failed;
// here the parts that show it say both themselves.
import type { UseQueryResult } from '@tanstack/solid-query'

export function dataOf<T>(query: UseQueryResult<T>): T | undefined {
  return query.isPending || query.isLoadingError ? undefined : query.data
}
