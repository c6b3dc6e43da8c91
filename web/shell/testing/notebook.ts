// A notebook as the server lists it, for tests of what is done with an opened one.
import type { Notebook } from '#protocol/api.ts'

export const notebookOf = (author: Notebook['author']): Notebook => ({
  id: 'n_00000001',
  name: 'flights',
  author,
  mine: false,
  rights: 'edit',
  updated: 0,
  bytes: 1,
  cells: 1,
  sees: 'newest',
  editor: null,
  trashed: null,
  named: false,
  shares: null,
})
