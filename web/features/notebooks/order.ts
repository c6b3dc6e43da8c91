// Searching and sorting the list. Pure, and quick enough to run at every keystroke over 10,000 rows.
import type { Notebook } from '#protocol/api.ts'
import { finder, fold } from '../../primitives/match.ts'

export const COLUMNS = ['name', 'author', 'updated', 'editor', 'cells'] as const
export type Column = (typeof COLUMNS)[number]
export type Sort = { readonly column: Column; readonly down: boolean }

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

const COMPARE: Record<Column, (a: Notebook, b: Notebook) => number> = {
  name: (a, b) => collator.compare(a.name, b.name),
  author: (a, b) => collator.compare(a.author.name, b.author.name),
  updated: (a, b) => (a.trashed ?? a.updated) - (b.trashed ?? b.updated),
  editor: (a, b) => Number(b.editor !== null) - Number(a.editor !== null),
  cells: (a, b) => (a.cells ?? -1) - (b.cells ?? -1),
}

export type Listed = { readonly notebook: Notebook; readonly folded: string }

/** In order, with the name as it is searched: both are done once per list, not once per keystroke. */
export function inOrder(list: readonly Notebook[], sort: Sort): readonly Listed[] {
  const compare = COMPARE[sort.column]
  const sign = sort.down ? -1 : 1
  const sorted = [...list].sort((a, b) => sign * compare(a, b) || collator.compare(a.name, b.name))
  return sorted.map((notebook) => ({ notebook, folded: fold(notebook.name) }))
}

export function search(list: readonly Listed[], query: string): readonly Notebook[] {
  const fits = finder(query)
  return list.filter((each) => fits(each.folded)).map((each) => each.notebook)
}

/** `updated-down` in the address ⇄ Sort; anything else is the default, newest first. */
export function parseSort(text: string | undefined): Sort {
  const [name, direction] = (text ?? '').split('-')
  const column = COLUMNS.find((each) => each === name)
  return column ? { column, down: direction === 'down' } : { column: 'updated', down: true }
}

export const sortText = (sort: Sort): string => `${sort.column}-${sort.down ? 'down' : 'up'}`

/** A click on a heading: turns the order round, or begins with the direction that column is usually read in. */
export function nextSort(sort: Sort, column: Column): Sort {
  if (sort.column === column) return { column, down: !sort.down }
  return { column, down: column === 'updated' || column === 'cells' }
}
