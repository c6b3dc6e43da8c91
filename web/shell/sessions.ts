// The opened notebooks of this browser tab: what each looks like (features/notebook/session.ts), its seat, and the deeds
// that change them. The only place where opening, closing and the server's events meet.
import { type Accessor, createSignal, type Setter } from 'solid-js'
import type { Opened, ShellEvent } from '#protocol/api.ts'
import type { KernelId, NotebookId, PersonId } from '#protocol/ids.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import type { Phase } from '#protocol/runner.ts'
import type { Clock } from '#protocol/wire.ts'
import {
  ASLEEP,
  mayBeUnsaved,
  openedOf,
  type Session,
  type SessionEvent,
  step,
  type Written,
} from '../features/notebook/session.ts'
import type { Api, Body } from '../net/api.ts'
import { clock as timeOfDay } from '../primitives/format.ts'
import { say, sayRefused } from '../primitives/notices.ts'
import { refusalOf } from '../primitives/refused.ts'
import type { Theme } from '../primitives/theme.ts'
import { type Drafted, Drafts } from './drafts.ts'
import type { FrameEvent } from './frame.ts'
import type { FramePool } from './frames.ts'
import type { Link } from './link.ts'
import { onKernelNews, onShellEvent, type Reaction } from './reactions.ts'
import type { Kept } from './saves.ts'
import { type Seat, takeSeat } from './seat.ts'

/** How to open: afresh (a restart), without running, as a profile from now on (null: as oneself again). */
export type Wish = Pick<Body<'POST /api/notebooks/:id/open'>, 'fresh' | 'run'> & { readonly preview?: Profile | null }

export type SessionsDeps = {
  readonly clock: Clock
  readonly api: Api
  readonly link: Link
  readonly pool: () => Promise<FramePool>
  readonly me: PersonId
  readonly theme: Accessor<Theme>
  readonly signOut: (by: { readonly name: string } | null) => void // who took the place, where one person at a time is served
  readonly news: (notebook: NotebookId, news: Exclude<FrameEvent, { type: 'rendered' | 'unchanged' | 'ended' }>) => void
  readonly opened: (opened: Opened) => void
  /** A draft of one's own has come to be. */
  readonly drafted: (notebook: NotebookId) => void
  /** The notebook's name where its tab stands behind another; null where it is in front. */
  readonly behind: (notebook: NotebookId) => string | null
}

type Entry = { readonly get: Accessor<Session>; readonly set: Setter<Session>; seat: Seat | null; turn: number }

const EMPTY = new TextEncoder().encode('{}')
const PHASES = 256 // kernels whose last phase is remembered
const LAST_SAVE = 2_000 // ms before the lease goes to somebody who asked, what is written is saved
const PATIENCE = 6_000 // ms after which a ready notebook is shown though its frame has not said it is drawn
const FRAME_ENDS = {
  unreachable: 'The notebook’s page could not be loaded. Check that its address is not blocked, then start it again.',
  reloaded: 'The notebook’s page tried to replace itself and was closed.',
} as const

export class Sessions {
  readonly #deps: SessionsDeps
  readonly #drafts: Drafts
  readonly #entries = new Map<NotebookId, Entry>()
  readonly #phases = new Map<KernelId, Phase>() // the latest of each kernel: an event may overtake the answer to open
  readonly #known = createSignal<readonly NotebookId[]>([])

  constructor(deps: SessionsDeps) {
    this.#deps = deps
    this.#drafts = new Drafts(deps.api)
  }

  /** The state of a notebook, as a signal's value. */
  of(id: NotebookId): Session {
    this.#known[0]()
    return this.#entries.get(id)?.get() ?? ASLEEP
  }

  seat(id: NotebookId): Seat | null {
    return this.#entries.get(id)?.seat ?? null
  }

  ids(): readonly NotebookId[] {
    return [...this.#entries.keys()]
  }

  seats(): readonly (readonly [NotebookId, Seat])[] {
    return [...this.#entries].flatMap(([id, { seat }]) => (seat ? [[id, seat] as const] : []))
  }

  dispatch(id: NotebookId, event: SessionEvent): void {
    const mine = this.#entry(id)
    const before = mine.get()
    mine.set((session) => step(session, event))
    if (before.view.at !== 'ended' && mine.get().view.at === 'ended') mine.seat?.frame.freeze()
  }

  /** What is written and not saved goes first, also where a kernel is ended for it. */
  open(id: NotebookId, wish: Wish = {}): Promise<void> {
    return this.#open(id, wish, (written) => this.#tell(id, written))
  }

  async #open(id: NotebookId, { preview: as, ...wish }: Wish, left: (written: Written) => void): Promise<void> {
    const mine = this.#entry(id)
    const leaving = this.#leave(id, mine)
    const { turn } = mine
    this.dispatch(id, { type: 'open', now: this.#deps.clock.now(), ...(as === undefined ? {} : { preview: as }) })
    const written = await leaving
    if (mine.turn !== turn) return this.#tell(id, written) // closed meanwhile, or opened in another way
    left(written)
    try {
      const { api, link, theme } = this.#deps
      const pool = await this.#deps.pool()
      const { preview } = mine.get()
      const body = { mode: 'auto', tab: await link.tab(), theme: theme(), ...(preview && { preview }), ...wish } as const
      const opened = await api('POST /api/notebooks/:id/open', { params: { id }, body })
      if (mine.turn === turn) this.#sit(id, mine, opened, pool)
    } catch (error) {
      if (mine.turn === turn) this.dispatch(id, { type: 'refused', refusal: refusalOf(error) })
    }
  }

  /** Brings a sleeping notebook back; without running, also one whose kernel has ended. */
  wake(id: NotebookId, wish: Wish): void {
    const { at } = this.#entry(id).get().view
    const gone = at === 'ended' || at === 'refused'
    if (at === 'asleep' || (gone && wish.run === false)) void this.open(id, wish)
  }

  /** Lets the frame and the channel go; the kernel lives on by its own rules. */
  sleep(id: NotebookId): void {
    const mine = this.#entries.get(id)
    if (!mine || mine.get().view.at === 'asleep') return
    void this.#leave(id, mine).then((written) => this.#tell(id, written))
    this.dispatch(id, { type: 'sleep' })
  }

  forget(id: NotebookId): void {
    const mine = this.#entries.get(id)
    if (!mine) return
    void this.#leave(id, mine).then((written) => this.#tell(id, written))
    this.#entries.delete(id)
    this.#known[1](this.ids())
  }

  /** What is written and not saved, in one notebook or in all: before the person goes. */
  async flush(only?: NotebookId): Promise<void> {
    const held = [...this.#entries].filter(([id, mine]) => (only ?? id) === id && mayBeUnsaved(mine.get()))
    await Promise.all(held.map(async ([id, { seat }]) => seat && this.#tell(id, await this.#written(id, await seat.flush()))))
  }

  /** The person has gone: nothing of theirs stays. */
  end(): void {
    for (const { seat } of this.#entries.values()) seat?.leave()
    this.#entries.clear()
    this.#known[1]([])
  }

  onEvent(event: ShellEvent): void {
    if (event.type === 'signed-out') this.#deps.signOut(event.by)
    if (event.type === 'phase') this.#remember(event.kernel, event.phase)
    if (event.type === 'lease-asked') this.#saveBefore(event.notebook, event.answerBy)
    if (event.type === 'idle-warning') this.#tellIdle(event.notebook, event.stopsAt)
    for (const [id, mine] of this.#entries) {
      this.#react(id, onShellEvent(mine.get(), event, id, this.#deps.me, this.#deps.clock.now()))
      if (event.type === 'phase' && event.notebook === id && event.phase.phase === 'ready') this.#lift(id, mine)
    }
  }

  /** A new connection: events may have been missed, so the kernels' states are read again. */
  async refresh(): Promise<void> {
    void this.#retryDrafts()
    await this.#readKernels()
  }

  async #readKernels(): Promise<void> {
    const kernels = await this.#deps.api('GET /api/kernels').catch(() => [])
    for (const { kernel, notebook, phase, usage, label } of kernels) {
      this.onEvent({ type: 'phase', kernel, notebook, phase })
      this.onEvent({ type: 'label', kernel, notebook, label })
      if (usage) this.onEvent({ type: 'usage', kernel, notebook, usage })
    }
  }

  interrupt(id: NotebookId): void {
    const seat = this.seat(id)
    if (seat) void seat.channel.request('POST', '/api/kernel/interrupt', 'application/json', EMPTY).catch(sayRefused)
  }

  shutDown(id: NotebookId): void {
    const kernel = openedOf(this.of(id))?.kernel
    if (kernel) void this.#deps.api('POST /api/kernels/:kernel/stop', { params: { kernel } }).catch(sayRefused)
  }

  async ask(id: NotebookId): Promise<void> {
    try {
      const { answerBy } = await this.#deps.api('POST /api/notebooks/:id/lease/ask', { params: { id } })
      this.dispatch(id, { type: 'ask', ask: { state: 'asking', answerBy } })
    } catch (error) {
      sayRefused(error)
    }
  }

  /** What was written goes first: the lease is given once it is saved, or after a moment without an answer. */
  async answer(id: NotebookId, give: boolean): Promise<void> {
    this.dispatch(id, { type: 'ask', ask: { state: 'none' } })
    if (give) await this.seat(id)?.flush()
    void this.#deps.api('POST /api/notebooks/:id/lease/answer', { params: { id }, body: { give } }).catch(sayRefused)
  }

  /** What is written goes first: it is of what is trusted. Then another kernel, which is not restricted. */
  async trust(id: NotebookId): Promise<void> {
    try {
      await this.flush(id)
      await this.#deps.api('POST /api/notebooks/:id/trust', { params: { id } })
      await this.open(id, { fresh: true })
    } catch (error) {
      sayRefused(error)
    }
  }

  /** Runs a reader's notebook that was opened without running. */
  async run(id: NotebookId): Promise<void> {
    const seat = this.seat(id)
    if (!seat) return
    this.dispatch(id, { type: 'running' })
    try {
      const { status } = await seat.channel.request('POST', '/api/kernel/instantiate', 'application/json', EMPTY)
      if (status !== 200) throw new Error('The notebook could not be run. Try again, or restart its kernel.')
    } catch (error) {
      this.dispatch(id, { type: 'not-running' })
      sayRefused(error)
    }
  }

  #saveBefore(id: NotebookId, answerBy: number): void {
    const { clock } = this.#deps
    clock.after(answerBy - clock.now() - LAST_SAVE, () => this.seat(id)?.frame.save())
  }

  #tellIdle(id: NotebookId, stopsAt: number): void {
    const name = this.#deps.behind(id)
    if (name !== null) say(`The kernel of “${name}” is idle and stops at ${timeOfDay(stopsAt)}. Run a cell to keep it.`)
  }

  #entry(id: NotebookId): Entry {
    const found = this.#entries.get(id)
    if (found) return found
    const [get, set] = createSignal<Session>(ASLEEP)
    const made: Entry = { get, set, seat: null, turn: 0 }
    this.#entries.set(id, made)
    this.#known[1](this.ids())
    return made
  }

  /** Frame and channel go, once what is written is saved or kept; what is still under way for them is void at once. */
  async #leave(id: NotebookId, mine: Entry): Promise<Written> {
    const { seat } = mine
    const written = mayBeUnsaved(mine.get())
    mine.seat = null
    mine.turn += 1
    seat?.mute()
    const kept: Kept = seat && written ? await seat.flush() : { type: 'saved' }
    seat?.leave()
    return this.#written(id, kept)
  }

  async #written(id: NotebookId, kept: Kept): Promise<Written> {
    if (kept.type === 'drafted') this.#deps.drafted(id)
    if (kept.type === 'unsent') return this.#heardOf(id, await this.#drafts.keep(id, kept.command))
    return kept.type === 'drafted' ? 'draft' : kept.type
  }

  #heardOf(id: NotebookId, drafted: Drafted): Written {
    if (drafted.type === 'waiting') return 'waiting'
    if (drafted.type === 'kept') this.#deps.drafted(id)
    else sayRefused(new Error(`What was written last could not be kept: ${drafted.message}`))
    return drafted.type === 'kept' ? 'draft' : 'unknown'
  }

  #tell(id: NotebookId, written: Written): void {
    const name = openedOf(this.of(id))?.notebook.name
    const where = name === undefined ? 'under Versions of the notebook' : `under Versions of “${name}”`
    if (written === 'unknown') say('What you wrote in the last moment may not have been saved.')
    if (written === 'draft') say(`What was not saved is kept as your draft, ${where}.`)
    if (written === 'waiting')
      say('What was not saved is kept here and becomes your draft when the server is back. Leave this page open.')
  }

  async #retryDrafts(): Promise<void> {
    for (const [id, drafted] of await this.#drafts.retry()) {
      const written = this.#heardOf(id, drafted)
      const { ask } = this.of(id)
      if (ask.state === 'lost') this.dispatch(id, { type: 'ask', ask: { ...ask, written } })
      else this.#tell(id, written)
    }
  }

  /** Somebody else edits. What is written goes first, and its fate is what is said. */
  async #lose(id: NotebookId, to: string | null): Promise<void> {
    const lost = Promise.withResolvers<Written>()
    await this.#open(id, {}, (written) => {
      this.dispatch(id, { type: 'ask', ask: { state: 'lost', to, written } })
      lost.resolve(written)
    })
    // The lease was free again: there is no line above the notebook that would say it.
    if (openedOf(this.of(id))?.mode === 'edit') this.#tell(id, await lost.promise)
  }

  #sit(id: NotebookId, mine: Entry, answer: Opened, pool: FramePool): void {
    const opened = { ...answer, phase: this.#phases.get(answer.kernel) ?? answer.phase }
    this.#deps.opened(opened)
    mine.seat = opened.phase.phase === 'exited' ? null : this.#seat(id, opened, pool)
    this.dispatch(id, { type: 'opened', opened, now: this.#deps.clock.now() })
    if (opened.phase.phase !== 'ready') return
    this.#lift(id, mine)
    void this.#readKernels() // a kernel that was found again tells its usage only when it changes
  }

  #seat(id: NotebookId, opened: Opened, pool: FramePool): Seat {
    return takeSeat({
      link: this.#deps.link,
      pool,
      opened,
      theme: this.#deps.theme(),
      clock: this.#deps.clock,
      news: (news) => this.#react(id, onKernelNews(news)),
      frame: (event) => this.#onFrame(id, event, pool),
      tell: (event) => this.dispatch(id, event),
    })
  }

  /** A notebook without cells draws nothing that could be waited for. */
  #lift(id: NotebookId, mine: Entry): void {
    const { turn } = mine
    this.#deps.clock.after(PATIENCE, () => mine.turn === turn && this.dispatch(id, { type: 'rendered' }))
  }

  #onFrame(id: NotebookId, event: FrameEvent, pool: FramePool): void {
    if (event.type === 'rendered') {
      this.dispatch(id, event)
      pool.warm()
    } else if (event.type !== 'ended') {
      if (event.type !== 'unchanged') this.#deps.news(id, event)
    } else if (event.why !== 'destroyed') {
      this.dispatch(id, { type: 'ended', ending: { cause: 'lost', message: FRAME_ENDS[event.why], id: null } })
    }
  }

  #react(id: NotebookId, reactions: readonly Reaction[]): void {
    for (const reaction of reactions) {
      if (reaction.type === 'apply') this.dispatch(id, reaction.event)
      else if (reaction.type === 'open') void this.open(id)
      else if (reaction.type === 'last-save') void this.flush(id)
      else if (reaction.type === 'lose') void this.#lose(id, reaction.to)
      else if (reaction.type === 'leave') void this.#leave(id, this.#entry(id)).then((written) => this.#tell(id, written))
      else if (reaction.type === 'tell') say(reaction.message)
      else this.#deps.signOut(null)
    }
  }

  #remember(kernel: KernelId, phase: Phase): void {
    this.#phases.set(kernel, phase)
    const [oldest] = this.#phases.keys()
    if (this.#phases.size > PHASES && oldest) this.#phases.delete(oldest)
  }
}
