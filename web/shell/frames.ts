// The frames of one browser tab: one warm frame waits, loaded and evaluated, so that the next notebook opens at once.
// A frame is never moved in the document (that would load it again): all stand in one host element, one is shown.
//
// Chromium takes the focus away when the page of a frame is swapped in beside it. So the next warm frame waits while somebody
// is in a frame, a menu or a dialog, and a focus lost all the same (they clicked in while it was loading) is given back.
import type { Role } from '#protocol/roles.ts'
import { keep, load } from '../primitives/storage.ts'
import { Frame, type Place } from './frame.ts'

const RETRY = 1_000 // ms between looks whether the focus is where it can be disturbed
const AFTERMATH = 1_000 // ms in which the browser may still take the focus after the page has spoken

export class FramePool {
  readonly #place: Place
  readonly #live = new Set<Frame>()
  #warm: Frame | null = null
  #mode: Role = load('local', 'mode') === 'run' ? 'run' : 'edit' // of the last notebook: most people mostly do the one or the other
  #later: ReturnType<typeof setTimeout> | undefined

  constructor(place: Place) {
    this.#place = place
  }

  /** Makes the warm frame; call when the page is idle. A frame that died while it waited is replaced. */
  warm(): void {
    if (this.#warm?.usable && this.#warm.mode === this.#mode) return
    clearTimeout(this.#later)
    if (engaged()) this.#later = setTimeout(() => this.warm(), RETRY)
    else {
      this.#warm?.destroy()
      this.#warm = new Frame(this.#place, this.#mode)
      this.#keepFocus(this.#warm)
    }
  }

  /** The warm frame, or a new one. Call warm() again when the notebook has rendered: two loads at once slow both. */
  take(mode: Role): Frame {
    const warm = this.#warm?.usable && this.#warm.mode === mode ? this.#warm : null
    const frame = warm ?? new Frame(this.#place, mode)
    if (warm) this.#warm = null
    if (this.#mode !== mode) keep('local', 'mode', mode)
    this.#mode = mode
    for (const known of this.#live) if (!known.usable) this.#live.delete(known)
    this.#live.add(frame)
    return frame
  }

  #keepFocus(loading: Frame): void {
    const over = new AbortController()
    void loading.settled.then(() => setTimeout(() => over.abort(), AFTERMATH))
    const giveBack = () => {
      const at = document.activeElement // the body, or the frame's element although its page has lost the focus
      for (const frame of this.#live) if (frame.inFront && (at === document.body || at === frame.element)) frame.focus()
    }
    // A press on the shell focuses the window first and then what was pressed: the look comes after.
    window.addEventListener('focus', () => requestAnimationFrame(giveBack), { signal: over.signal })
  }

  /** Another person, or nobody: nothing of the former one's stays. */
  destroyAll(): void {
    clearTimeout(this.#later)
    for (const frame of this.#live) frame.destroy()
    this.#live.clear()
    this.#warm?.destroy()
    this.#warm = null
  }
}

function engaged(): boolean {
  const at = document.activeElement
  return at instanceof HTMLIFrameElement || at?.closest('[role="menu"], [role="dialog"]') != null
}
