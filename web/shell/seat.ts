// One notebook's place in the page: its frame and its kernel channel, which begin and end together.
import type { Opened } from '#protocol/api.ts'
import type { Clock } from '#protocol/wire.ts'
import { cellOf } from '../features/notebook/progress.ts'
import type { SessionEvent } from '../features/notebook/session.ts'
import { sayRefused } from '../primitives/notices.ts'
import type { Theme } from '../primitives/theme.ts'
import type { Frame, FrameEvent } from './frame.ts'
import type { FramePool } from './frames.ts'
import type { KernelNews, Link, Seated } from './link.ts'
import type { KernelChannel } from './relay.ts'
import { type Kept, refusalIn, SaveWatch } from './saves.ts'

export type Seat = {
  readonly frame: Pick<Frame, 'show' | 'setTheme' | 'setName' | 'focus' | 'save' | 'freeze'>
  readonly channel: Seated
  /** What is written and not saved, now. */
  flush(): Promise<Kept>
  /** Out of sight and without a say from now on; `leave` follows. */
  mute(): void
  leave(): void
}

export type Seating = {
  readonly link: Link
  readonly pool: FramePool
  readonly opened: Opened
  readonly theme: Theme
  readonly clock: Clock
  readonly news: (news: KernelNews) => void
  readonly frame: (event: FrameEvent) => void
  readonly tell: (event: SessionEvent) => void
}

export function takeSeat({ link, pool, opened, theme, clock, news, frame: heard, tell }: Seating): Seat {
  let muted = false
  const saves = new SaveWatch(clock, (event) => !muted && tell(event))
  const channel = link.kernel(opened.kernel, (said) => !muted && news(said))
  const frame = pool.take(opened.mode)
  frame.start({
    mode: opened.mode,
    theme,
    name: opened.notebook.name,
    channel: tellTooBig(opened.mode === 'run' ? noticeRun(channel, (event) => !muted && tell(event)) : saves.watch(channel)),
    listener: (event) => {
      if (event.type === 'unchanged') saves.unchanged()
      else if (!muted) heard(event)
    },
  })
  return {
    frame,
    channel,
    flush: () => saves.flush(frame),
    mute() {
      muted = true
      frame.show(false)
    },
    leave() {
      muted = true
      frame.destroy()
      channel.close()
    },
  }
}

/** What is too large for a command is said here: marimo would show a number. */
function tellTooBig(channel: KernelChannel): KernelChannel {
  return {
    ...channel,
    async request(...command) {
      const answer = await channel.request(...command)
      if (answer.status === 413) sayRefused(new Error(refusalIn(answer).message))
      return answer
    },
  }
}

/** What its cells say of a reader's run. The first word of one means that it runs, or has run: a replay brings it too. */
function noticeRun(channel: KernelChannel, tell: (event: SessionEvent) => void): KernelChannel {
  const notice = (data: string) => {
    const said = cellOf(data)
    if (said === null) return
    tell({ type: 'running' })
    if (said.news !== null) tell({ type: 'cell', news: said.news })
  }
  return {
    request: (...command) => channel.request(...command),
    listen: (listener) =>
      channel.listen({
        message(data, taken) {
          if (typeof data === 'string') notice(data)
          listener.message(data, taken)
        },
        ended: (reason) => listener.ended(reason),
      }),
  }
}
