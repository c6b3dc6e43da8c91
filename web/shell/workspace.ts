// What is open in this browser tab: the row of notebooks, which one is in front (the address says), and going between them.
import { useLocation, useNavigate } from '@solidjs/router'
import { type Accessor, createContext, createEffect, createMemo, createSignal, on, useContext } from 'solid-js'
import { NotebookId } from '#protocol/ids.ts'
import { keep, load } from '../primitives/storage.ts'
import { close, home, neighbour, rename, restore, show, type Tabs } from './tabs.ts'

export type Workspace = ReturnType<typeof createWorkspace>
export const WorkspaceContext = createContext<Workspace>()

export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext)
  if (!workspace) throw new Error('useWorkspace outside WorkspaceContext')
  return workspace
}

/** The notebook an address names, or null: the notebook browser. */
export function notebookAt(path: string): NotebookId | null {
  const id = NotebookId.safeParse(path.match(/^\/n\/([^/]+)\/?$/)?.[1])
  return id.success ? id.data : null
}

export function createWorkspace() {
  const navigate = useNavigate()
  const location = useLocation<{ still?: boolean }>()
  const at = createMemo(() => notebookAt(location.pathname))
  const [tabs, setTabs] = createSignal<Tabs>(restore(load('session', 'tabs')))
  const stills = new Set<NotebookId>() // asked for without running; read once, at the opening

  createEffect(
    on(at, (id) => {
      if (id !== null && location.state?.still) stills.add(id)
      setTabs((now) => (id === null ? home(now) : show(now, id, 'Notebook')))
    }),
  )
  createEffect(() => keep('session', 'tabs', tabs().list))
  createEffect(() => {
    const id = at()
    const name = id && (tabs().list.find((tab) => tab.id === id)?.name ?? null)
    const shown = name ?? (location.pathname === '/library' ? 'Library' : null)
    document.title = shown ? `${shown} – Scrydon Notebooks` : 'Scrydon Notebooks'
  })

  const active: Accessor<NotebookId | null> = createMemo(() => tabs().active)
  // Between notebooks the entry is replaced, so that Back always leads to the list.
  const go = (id: NotebookId | null) => navigate(id === null ? '/' : `/n/${id}`, { replace: at() !== null && id !== null })

  return {
    tabs,
    active,
    go,
    visit: (path: string): void => navigate(path), // a page of the shell's own
    close(id: NotebookId): void {
      const inFront = tabs().active === id // not the address: it follows a moment later, and closing can be quick
      const after = close(tabs(), id)
      setTabs(after)
      if (inFront) navigate(after.active === null ? '/' : `/n/${after.active}`, { replace: true })
    },
    cycle(step: 1 | -1): void {
      const next = neighbour(tabs(), step)
      if (next !== null) go(next)
    },
    named: (id: NotebookId, name: string): void => void setTabs((now) => rename(now, id, name)),
    /** Was this opening asked for without running? The wish is spent by asking. */
    takeStill: (id: NotebookId): boolean => stills.delete(id),
  }
}

/** A notebook reached by a link from elsewhere gets the list beneath it, so that Back leads there as from inside. */
export function layListBeneath(): void {
  const { pathname, search } = window.location
  const [arrival] = performance.getEntriesByType('navigation')
  const fresh = arrival instanceof PerformanceNavigationTiming && arrival.type === 'navigate' // not a reload, not Back
  if (!fresh || notebookAt(pathname) === null) return
  const depth: unknown = history.state?._depth // the router's own count
  history.replaceState(history.state, '', '/')
  history.pushState({ _depth: (typeof depth === 'number' ? depth : 0) + 1 }, '', pathname + search)
}
