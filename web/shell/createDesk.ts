// Everything that lives as long as somebody is signed in: the socket, the frames, the sessions, and what ties them together.

import { useQueryClient } from '@tanstack/solid-query'
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js'
import type { Notebook, ShellEvent } from '#protocol/api.ts'
import type { NotebookId, PersonId } from '#protocol/ids.ts'
import type { Clock } from '#protocol/wire.ts'
import { isVisible } from '../features/notebook/session.ts'
import { createNotebooks } from '../features/notebooks/queries.ts'
import { usePeople } from '../net/context.ts'
import type { People } from '../net/person.ts'
import { say } from '../primitives/notices.ts'
import { dataOf } from '../primitives/query.ts'
import type { Theme } from '../primitives/theme.ts'
import type { FrameEvent } from './frame.ts'
import { FramePool } from './frames.ts'
import { type Connection, createLink } from './link.ts'
import { Sessions } from './sessions.ts'
import { live, type Tabs } from './tabs.ts'
import type { Workspace } from './workspace.ts'

type News = Exclude<FrameEvent, { type: 'rendered' | 'unchanged' | 'ended' }>
type DeskOptions = {
  readonly me: PersonId
  readonly theme: Accessor<Theme>
  readonly workspace: Workspace
  readonly news: (notebook: NotebookId, news: News, sessions: Sessions) => void
}

export function createDesk(options: DeskOptions) {
  const people = usePeople()
  const client = useQueryClient()
  const host = Promise.withResolvers<HTMLElement>()
  const [connection, setConnection] = createSignal<Connection>({ at: 'connecting', attempt: 0 })
  const pool = createPool(people, host.promise)
  const refreshList = () => void client.invalidateQueries({ queryKey: ['notebooks'] })
  const link = createLink({
    bearer: people.bearer,
    state: (next) => (next.at === 'signedOut' ? people.left(ENDED) : setConnection(next)),
    event: (event) => heard(event),
    renewed: () => {
      refreshList()
      void sessions.refresh()
    },
  })
  const sessions: Sessions = new Sessions({
    clock: CLOCK,
    api: people.api,
    link,
    pool: () => pool,
    me: options.me,
    theme: options.theme,
    signOut: (by) => people.left(by === null ? ENDED : placeTaken(by.name)),
    news: (notebook, news) => options.news(notebook, news, sessions),
    opened: ({ notebook }) => options.workspace.named(notebook.id, notebook.name),
    drafted: (notebook) => void client.invalidateQueries({ queryKey: ['drafts', notebook] }),
    behind: (notebook) => behind(options.workspace.tabs(), notebook),
  })
  function heard(event: ShellEvent): void {
    if (LISTED.has(event.type)) refreshList()
    if (event.type === 'saved') void client.invalidateQueries({ queryKey: ['versions', event.notebook] })
    sessions.onEvent(event)
  }

  keepInStep(options, sessions)
  followNames(options, sessions)
  const withPool = (use: (pool: FramePool) => void) => void pool.then(use, () => undefined) // a failure is said at the opening
  withPool((frames) => requestIdleCallback(() => frames.warm(), { timeout: 3_000 }))
  const late = () => new Promise<void>((done) => CLOCK.after(FAREWELL, done))
  onCleanup(people.beforeSignOut(() => Promise.race([sessions.flush(), late()])))
  onCleanup(() => {
    sessions.end()
    link.close()
    withPool((frames) => frames.destroyAll())
  })
  return { sessions, connection, retry: link.retry, host: host.resolve }
}

async function createPool(people: People, host: Promise<HTMLElement>): Promise<FramePool> {
  const [{ frames, opaque }, element] = await Promise.all([people.anonymous('GET /api/config'), host])
  const settings = () => {
    const who = people.who()
    return who.state === 'signed-in' ? who.preferences.editor : {}
  }
  return new FramePool({ frames, opaque, host: element, settings })
}

/** The name of a notebook that stands behind another; null for the one in front. */
const behind = ({ list, active }: Tabs, notebook: NotebookId): string | null =>
  active === notebook ? null : (list.find(({ id }) => id === notebook)?.name ?? null)

const FAREWELL = 5_000 // ms: signing out waits no longer for a last save, or the draft it becomes
const CLOCK: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
const ENDED = 'Your session has ended. Sign in to go on.'
const placeTaken = (name: string) =>
  `${name} has signed in; this machine serves one person at a time because kernels are not isolated. What you saved is kept.`
const LISTED: ReadonlySet<ShellEvent['type']> = new Set(['notebooks-changed', 'lease', 'version-waits'])

/** The tab in front is awake and shown; tabs beyond the live ones sleep; closed ones are forgotten. */
function keepInStep({ workspace, theme }: DeskOptions, sessions: Sessions): void {
  createEffect(
    on(workspace.tabs, (tabs) => {
      const kept = live(tabs)
      for (const { id } of tabs.list) if (!kept.includes(id)) sessions.sleep(id)
      for (const id of sessions.ids()) if (!tabs.list.some((tab) => tab.id === id)) sessions.forget(id)
      if (tabs.active !== null) sessions.wake(tabs.active, workspace.takeStill(tabs.active) ? { run: false } : {})
    }),
  )
  createEffect(() => {
    const active = workspace.active()
    const visible = active !== null && isVisible(sessions.of(active))
    for (const [id, seat] of sessions.seats()) seat.frame.show(id === active && visible)
  })
  createEffect(() => {
    const now = theme()
    for (const [, seat] of sessions.seats()) seat.frame.setTheme(now)
  })
}

type Listed = { readonly mine: ReadonlySet<NotebookId>; readonly gone: readonly NotebookId[] }

/** Who deletes a notebook knows that it goes: its tab goes too. Others are told why by the kernel that ends. */
function missing({ mine }: Listed, list: readonly Notebook[] | undefined): Listed {
  if (!list) return { mine, gone: [] }
  const there = new Set(list.map(({ id }) => id))
  const own = list.filter(({ rights }) => rights === 'author').map(({ id }) => id)
  return { mine: new Set(own), gone: [...mine].filter((id) => !there.has(id)) }
}

/** Names come from the list: for a tab restored or reached by its address alone, and when somebody renames it. */
function followNames({ workspace }: DeskOptions, sessions: Sessions): void {
  const list = createNotebooks()
  const gone = createMemo<Listed>((before) => missing(before, dataOf(list)), { mine: new Set(), gone: [] })
  createEffect(() => {
    const ids = gone().gone
    untrack(() => {
      for (const id of ids) {
        if (workspace.active() === id) say('This notebook was moved to the trash, in another tab.')
        workspace.close(id)
      }
    })
  })
  createEffect(() => {
    const open = new Set(workspace.tabs().list.map((tab) => tab.id))
    for (const { id, name } of dataOf(list) ?? []) {
      if (!open.has(id)) continue
      untrack(() => {
        workspace.named(id, name)
        sessions.dispatch(id, { type: 'renamed', name })
        sessions.seat(id)?.frame.setName(name)
      })
    }
  })
}
