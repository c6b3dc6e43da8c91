// The frames of one browser tab: one warm frame waits, loaded and evaluated, so that the next notebook opens at once.
// A frame is never moved in the document (that would load it again): all stand in one host element, one is shown.
import { Frame, type Place } from './frame.ts'

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
    this.#warm = new Frame(this.#place)
  }

  /** The warm frame, or a new one. Call warm() again when the notebook has rendered: two loads at once slow both. */
  take(): Frame {
    const frame = this.#warm?.usable ? this.#warm : new Frame(this.#place)
    this.#warm = null
    for (const known of this.#live) if (!known.usable) this.#live.delete(known)
    this.#live.add(frame)
    return frame
  }

  /** Another person, or nobody: nothing of the former one's stays. */
  destroyAll(): void {
    for (const frame of this.#live) frame.destroy()
    this.#live.clear()
    this.#warm?.destroy()
    this.#warm = null
  }
}
