// A store of its own for each test of a contract.
import { afterEach, beforeEach } from 'vitest'
import type { Store } from './store.ts'

/** `again`: closes it, and the same state is opened anew; `remove`: of the state of a closed one. */
export type Opened = { store: Store; again: () => Promise<Store>; remove: () => Promise<void> }
export type OpenStore = () => Promise<Opened>

/** Two beside each other before each test, removed after it. */
export function twoEach(open: OpenStore): () => { readonly whole: Store; readonly copy: Store } {
  let [whole, copy]: Opened[] = []
  beforeEach(async () => {
    whole = await open()
    copy = await open()
  })
  afterEach(async () => {
    for (const opened of [whole, copy]) {
      await opened?.store.close()
      await opened?.remove()
    }
  })
  return () => {
    if (!whole || !copy) throw new Error('they are there within a test')
    return { whole: whole.store, copy: copy.store }
  }
}

/** Opens one before each test and removes it after; `take` is given it. Answers how its state is opened anew. */
export function freshEach(open: OpenStore, take: (store: Store) => void): () => Promise<void> {
  let opened: Opened
  let store: Store
  const hold = (held: Store) => {
    store = held
    take(held)
  }
  beforeEach(async () => {
    opened = await open()
    hold(opened.store)
  })
  afterEach(async () => {
    await store.close()
    await opened.remove()
  })
  return async () => hold(await opened.again())
}
