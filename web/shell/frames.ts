// The frames of one browser tab: one warm frame waits, loaded and evaluated, so that the next notebook opens at once.
// A frame is never moved in the document (that would load it again): all stand in one host element, one is shown.
//
// Chromium takes the focus from one frame when the page of another is swapped in beside it. So the next warm frame waits
// while somebody is in a frame, and a focus lost all the same (they clicked in while it was loading) is given back.
import { Frame, type Place } from './frame.ts'

const SWAP = 3_000 // ms: the longest a page is expected to take from being asked for to being swapped in

export class FramePool {
  readonly #place: Place
  readonly #live = new Set<Frame>()
  #warm: Frame | null = null

  constructor(place: Place) {
    this.#place = place
  }

  /** Makes the warm frame; call when the page is idle. A frame that died while it waited is replaced. */
  warm(): void {
    if (this.#warm?.usable) return
    if (document.activeElement instanceof HTMLIFrameElement) {
      window.addEventListener('focus', () => this.warm(), { once: true })
      return
    }
    this.#warm = new Frame(this.#place)
    this.#keepFocus()
  }

  /** The warm frame, or a new one. Call warm() again when the notebook has rendered: two loads at once slow both. */
  take(): Frame {
    const frame = this.#warm?.usable ? this.#warm : new Frame(this.#place)
    this.#warm = null
    for (const known of this.#live) if (!known.usable) this.#live.delete(known)
    this.#live.add(frame)
    return frame
  }

  #keepFocus(): void {
    const giveBack = () => {
      if (document.activeElement !== document.body) return
      for (const frame of this.#live) if (frame.inFront) frame.focus()
    }
    const entered = () => window.addEventListener('focus', giveBack, { once: true, signal })
    const signal = AbortSignal.timeout(SWAP)
    window.addEventListener('blur', entered, { once: true, signal })
  }

  /** Another person, or nobody: nothing of the former one's stays. */
  destroyAll(): void {
    for (const frame of this.#live) frame.destroy()
    this.#live.clear()
    this.#warm?.destroy()
    this.#warm = null
  }
}
