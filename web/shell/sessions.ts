// The opened notebooks of this browser tab: what each looks like (features/notebook/session.ts), its seat, and the deeds
// that change them. The only place where opening, closing and the server's events meet.
import { type Accessor, createSignal, type Setter } from 'solid-js'
import type { Opened, ShellEvent } from '#protocol/api.ts'
import type { KernelId, NotebookId, PersonId } from '#protocol/ids.ts'
import type { Phase } from '#protocol/runner.ts'
import { ASLEEP, openedOf, type Session, type SessionEvent, step } from '../features/notebook/session.ts'
import type { Api, Body } from '../net/api.ts'
import { say, sayRefused } from '../primitives/notices.ts'
import { refusalOf } from '../primitives/refused.ts'
import type { Theme } from '../primitives/theme.ts'
import type { FrameEvent } from './frame.ts'
import type { FramePool } from './frames.ts'
import type { Link } from './link.ts'
import { onKernelNews, onShellEvent, type Reaction } from './reactions.ts'
import { type Seat, takeSeat } from './seat.ts'

/** How to open: afresh (a restart), or without running. */
export type Wish = Pick<Body<'POST /api/notebooks/:id/open'>, 'fresh' | 'run'>

type Deps = {
  readonly api: Api
  readonly link: Link
  readonly pool: () => Promise<FramePool>
  readonly me: PersonId
  readonly theme: Accessor<Theme>
  readonly signOut: (by: { readonly name: string } | null) => void // who took the place, where one person at a time is served
  readonly news: (notebook: NotebookId, news: Exclude<FrameEvent, { type: 'rendered' | 'ended' }>) => void
  readonly opened: (opened: Opened) => void
}

type Entry = { readonly get: Accessor<Session>; readonly set: Setter<Session>; seat: Seat | null; turn: number }

const EMPTY = new TextEncoder().encode('{}')
const PHASES = 256 // kernels whose last phase is remembered
const SAVED_WITHIN = 2_000 // ms
const PATIENCE = 6_000 // ms after which a ready notebook is shown though its frame has not said it is drawn
const FRAME_ENDS = {
  unreachable: 'The notebook’s page could not be loaded. Check that its address is not blocked, then start it again.',
  reloaded: 'The notebook’s page tried to replace itself and was closed.',
} as const

export class Sessions {
  readonly #deps: Deps
  readonly #entries = new Map<NotebookId, Entry>()
  readonly #phases = new Map<KernelId, Phase>() // the latest of each kernel: an event may overtake the answer to open
  readonly #saves = new Map<NotebookId, () => void>() // who waits for the answer to a save
  readonly #known = createSignal<readonly NotebookId[]>([])

  constructor(deps: Deps) {
    this.#deps = deps
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
    this.#entry(id).set((session) => step(session, event))
  }

  async open(id: NotebookId, wish: Wish = {}): Promise<void> {
    const mine = this.#entry(id)
    const turn = this.#leave(mine)
    this.dispatch(id, { type: 'open', now: Date.now() })
    try {
      const { api, link, theme } = this.#deps
      const pool = await this.#deps.pool()
      const body = { mode: 'auto', tab: await link.tab(), theme: theme(), ...wish } as const
      const opened = await api('POST /api/notebooks/:id/open', { params: { id }, body })
      if (mine.turn === turn) this.#sit(id, mine, opened, pool)
    } catch (error) {
      if (mine.turn === turn) this.dispatch(id, { type: 'refused', refusal: refusalOf(error) })
    }
  }

  /** Brings a sleeping notebook back; does nothing to one that is open. */
  wake(id: NotebookId, wish: Wish): void {
    if (this.#entry(id).get().view.at === 'asleep') void this.open(id, wish)
  }

  /** Lets the frame and the channel go; the kernel lives on by its own rules. */
  sleep(id: NotebookId): void {
    const mine = this.#entries.get(id)
    if (!mine || mine.get().view.at === 'asleep') return
    this.#leave(mine)
    this.dispatch(id, { type: 'sleep' })
  }

  forget(id: NotebookId): void {
    const mine = this.#entries.get(id)
    if (!mine) return
    this.#leave(mine)
    this.#entries.delete(id)
    this.#known[1](this.ids())
  }

  end(): void {
    for (const id of this.ids()) this.forget(id)
  }

  onEvent(event: ShellEvent): void {
    if (event.type === 'signed-out') this.#deps.signOut(event.by)
    if (event.type === 'phase') this.#remember(event.kernel, event.phase)
    if (event.type === 'saved' || event.type === 'save-refused') this.#saves.get(event.notebook)?.()
    if (event.type === 'lease-asked')
      setTimeout(() => this.seat(event.notebook)?.frame.save(), event.answerBy - Date.now() - SAVED_WITHIN)
    for (const [id, mine] of this.#entries) {
      this.#react(id, onShellEvent(mine.get(), event, id, this.#deps.me, Date.now()))
      if (event.type === 'phase' && event.notebook === id && event.phase.phase === 'ready') this.#lift(id, mine)
    }
  }

  /** A new connection: events may have been missed, so the kernels' states are read again. */
  async refresh(): Promise<void> {
    const kernels = await this.#deps.api('GET /api/kernels').catch(() => [])
    for (const { kernel, notebook, phase, usage } of kernels) {
      this.onEvent({ type: 'phase', kernel, notebook, phase })
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

  /** What was written goes first: the lease is given once the save is answered, or after a moment without an answer. */
  async answer(id: NotebookId, give: boolean): Promise<void> {
    this.dispatch(id, { type: 'ask', ask: { state: 'none' } })
    if (give) await this.#save(id)
    void this.#deps.api('POST /api/notebooks/:id/lease/answer', { params: { id }, body: { give } }).catch(sayRefused)
  }

  #save(id: NotebookId): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#saves.delete(id)
        resolve()
      }
      this.#saves.set(id, done)
      setTimeout(done, SAVED_WITHIN)
      this.seat(id)?.frame.save()
    })
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

  /** Frame and channel go, and what is still under way for them is void. */
  #leave(mine: Entry): number {
    const { seat } = mine
    mine.seat = null
    mine.turn += 1
    seat?.leave()
    return mine.turn
  }

  #sit(id: NotebookId, mine: Entry, answer: Opened, pool: FramePool): void {
    const opened = { ...answer, phase: this.#phases.get(answer.kernel) ?? answer.phase }
    this.#deps.opened(opened)
    mine.seat = opened.phase.phase === 'exited' ? null : this.#seat(id, opened, pool)
    this.dispatch(id, { type: 'opened', opened, now: Date.now() })
    if (opened.phase.phase === 'ready') this.#lift(id, mine)
  }

  #seat(id: NotebookId, opened: Opened, pool: FramePool): Seat {
    return takeSeat({
      link: this.#deps.link,
      pool,
      opened,
      theme: this.#deps.theme(),
      news: (news) => this.#react(id, onKernelNews(news)),
      frame: (event) => this.#onFrame(id, event, pool),
      saving: () => this.dispatch(id, { type: 'saving' }),
    })
  }

  /** A notebook without cells draws nothing that could be waited for. */
  #lift(id: NotebookId, mine: Entry): void {
    const { turn } = mine
    setTimeout(() => mine.turn === turn && this.dispatch(id, { type: 'rendered' }), PATIENCE)
  }

  #onFrame(id: NotebookId, event: FrameEvent, pool: FramePool): void {
    if (event.type === 'rendered') {
      this.dispatch(id, event)
      pool.warm()
    } else if (event.type !== 'ended') this.#deps.news(id, event)
    else if (event.why !== 'destroyed') {
      this.dispatch(id, { type: 'ended', ending: { cause: 'lost', message: FRAME_ENDS[event.why], id: null } })
    }
  }

  #react(id: NotebookId, reactions: readonly Reaction[]): void {
    for (const reaction of reactions) {
      if (reaction.type === 'apply') this.dispatch(id, reaction.event)
      else if (reaction.type === 'open') void this.open(id)
      else if (reaction.type === 'leave') this.#leave(this.#entry(id))
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
