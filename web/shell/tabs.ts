// The row of opened notebooks, as a pure value. A tab outlives its frame: only the LIVE most recent ones keep one.
import { NotebookId } from '#protocol/ids.ts'

export const LIVE = 4 // frames kept loaded; an older tab opens again, onto its kernel, when it is chosen

export type Tab = { readonly id: NotebookId; readonly name: string }
export type Tabs = {
  readonly list: readonly Tab[]
  readonly active: NotebookId | null // null: the notebook browser is in front
  readonly recent: readonly NotebookId[] // most recent first; tabs not looked at since the page was loaded are absent
}

export const NO_TABS: Tabs = { list: [], active: null, recent: [] }

/** Brings a notebook to the front, with a tab of its own if it has none yet. */
export function show(tabs: Tabs, id: NotebookId, name: string): Tabs {
  const known = tabs.list.some((tab) => tab.id === id)
  const list = known ? tabs.list : [...tabs.list, { id, name }]
  return { list, active: id, recent: [id, ...tabs.recent.filter((each) => each !== id)] }
}

export const home = (tabs: Tabs): Tabs => ({ ...tabs, active: null })

/** Closes a tab; in front comes its right neighbour, else its left one, else the notebook browser. */
export function close(tabs: Tabs, id: NotebookId): Tabs {
  const at = tabs.list.findIndex((tab) => tab.id === id)
  const list = tabs.list.filter((tab) => tab.id !== id)
  const recent = tabs.recent.filter((each) => each !== id)
  if (tabs.active !== id) return { list, recent, active: tabs.active }
  return { list, recent, active: (list[at] ?? list[at - 1])?.id ?? null }
}

export function rename(tabs: Tabs, id: NotebookId, name: string): Tabs {
  if (!tabs.list.some((tab) => tab.id === id && tab.name !== name)) return tabs
  return { ...tabs, list: tabs.list.map((tab) => (tab.id === id ? { id, name } : tab)) }
}

/** The neighbour of the active tab, round the corner. */
export function neighbour(tabs: Tabs, step: 1 | -1): NotebookId | null {
  const count = tabs.list.length
  if (count === 0) return null
  const at = tabs.list.findIndex((tab) => tab.id === tabs.active)
  return tabs.list[at < 0 ? (step === 1 ? 0 : count - 1) : (at + step + count) % count]?.id ?? null
}

/** Which notebooks keep their frame. */
export const live = (tabs: Tabs): readonly NotebookId[] => tabs.recent.slice(0, LIVE)

/** Tabs as kept over a reload; anything that is not ours is no tabs at all. */
export function restore(kept: unknown): Tabs {
  if (!Array.isArray(kept)) return NO_TABS
  const list = kept.filter(isTab).map(({ id, name }) => ({ id, name }))
  return { list: list.filter((tab, at) => list.findIndex((each) => each.id === tab.id) === at), active: null, recent: [] }
}

function isTab(value: unknown): value is Tab {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('name' in value)) return false
  return NotebookId.safeParse(value.id).success && typeof value.name === 'string'
}
