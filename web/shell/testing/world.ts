// What the tests of sessions play with: a server, a socket and a page that do what the test says.
import type { Opened } from '#protocol/api.ts'
import { LOWEST } from '#protocol/policy/label.ts'
import type { Clock } from '#protocol/wire.ts'
import type { Api } from '../../net/api.ts'
import type { FrameEvent, Handover } from '../frame.ts'
import type { FramePool } from '../frames.ts'
import type { KernelNews, Link } from '../link.ts'
import type { Answer, KernelListener } from '../relay.ts'
import { Sessions } from '../sessions.ts'
import { notebookOf } from './notebook.ts'

export const ID = 'n_00000001'
const ME = 'p_00000001'
export const OTHER = { id: 'p_00000002', name: 'Colleague' }
export const USAGE = { memory: 7, cpu: 0, busy: false, idleSince: 1 }
export const EMPTY = new Uint8Array()

type FakeFrame = { handover: Handover; readonly log: string[]; onSave: () => void }

type Command = { readonly path: string; answer(answer: Answer): void; fail(): void }
type State = { now: number; mode: Opened['mode']; autorun: boolean; behind: string | null }

const NOTEBOOK = notebookOf(OTHER)
const PHASE = { phase: 'ready', level: 3 } as const

function server(log: string[], state: State): Api {
  const opened = (): Opened => ({
    notebook: NOTEBOOK,
    kernel: 'k_00000001',
    mode: state.mode,
    source: null,
    phase: PHASE,
    autorun: state.autorun,
    restricted: false,
    label: LOWEST,
  })
  return (async (call: string, input?: { body?: object }) => {
    log.push(call.includes('/open') ? `open ${JSON.stringify(input?.body ?? {})}` : call)
    if (call === 'GET /api/kernels')
      return [{ kernel: 'k_00000001', notebook: ID, mode: 'edit', phase: PHASE, usage: USAGE, memoryLimit: 9, label: LOWEST }]
    return call.includes('/open') ? opened() : { source: '' }
  }) as unknown as Api
}

function socket(log: string[]) {
  const news: ((news: KernelNews) => void)[] = []
  const commands: Command[] = []
  const listening: KernelListener[] = []
  /** A class, as the real one is: a copy of its own properties would lack its methods. */
  class Channel {
    listen(listener: KernelListener) {
      listening.push(listener)
      return () => {}
    }
    request(_method: string, path: string) {
      return new Promise<Answer>((answer, reject) => {
        log.push(path)
        commands.push({ path, answer, fail: () => reject(new Error('gone')) })
      })
    }
    readonly close = () => void log.push('channel closed')
  }
  const link = {
    tab: async () => 't_00000001',
    kernel: (_: string, listen: (news: KernelNews) => void) => {
      news.push(listen)
      return new Channel()
    },
  } as unknown as Link
  const say = (message: string) => listening.at(-1)?.message(message, () => undefined)
  return { link, news, commands, say }
}

function page(log: string[]) {
  const frames: FakeFrame[] = []
  const take = () => {
    const frame: FakeFrame = { handover: undefined as unknown as Handover, log, onSave: () => say({ type: 'unchanged' }) }
    const say = (event: FrameEvent) => frame.handover.listener(event)
    frames.push(frame)
    return {
      start: (handover: Handover) => {
        frame.handover = handover
      },
      save: () => {
        log.push('save')
        frame.onSave()
        return true
      },
      show: () => undefined,
      freeze: () => log.push('freeze'),
      destroy: () => log.push('frame gone'),
    }
  }
  return { frames, pool: { take, warm: () => undefined } as unknown as FramePool }
}

/** Time passes when the test says so. */
function clockOf(state: State) {
  const timers: { at: number; run: () => void }[] = []
  const clock: Clock = {
    now: () => state.now,
    after: (ms, run) => {
      const timer = { at: state.now + ms, run }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer), 1)
    },
  }
  const pass = (ms: number) => {
    state.now += ms
    for (const { run } of timers.filter(({ at }) => at <= state.now)) run()
  }
  return { clock, pass }
}

/** A server, a socket and a page that do what the test says; everything that happens is in one log, in order. */
export function world() {
  const log: string[] = []
  const state: State = { now: 1000, mode: 'edit', autorun: true, behind: null }
  const { link, news, commands, say } = socket(log)
  const { frames, pool } = page(log)
  const { clock, pass } = clockOf(state)
  const sessions = new Sessions({
    clock,
    api: server(log, state),
    link,
    pool: async () => pool,
    me: ME,
    theme: () => 'light',
    signOut: () => log.push('signed out'),
    news: () => undefined,
    opened: () => undefined,
    drafted: () => log.push('drafted'),
    behind: () => state.behind,
  })
  const shown = async () => {
    await sessions.open(ID)
    frames.at(-1)?.handover.listener({ type: 'rendered' })
    log.length = 0
  }
  /** The page has something to save: its save command goes out when it is asked for. */
  const dirty = () => {
    const frame = frames.at(-1) as FakeFrame
    frame.onSave = () => void frame.handover.channel.request('POST', '/api/kernel/save', undefined, EMPTY).catch(() => undefined)
  }
  return { sessions, log, frames, news, commands, say, state, pass, shown, dirty }
}
