// As much of a browser's page as frames need: iframes that stand in a host, messages that arrive at the window, the focus.
import { vi } from 'vitest'
import type { Place } from '../frame.ts'

export type Posted = { readonly message: unknown; readonly target: string; readonly ports: readonly MessagePort[] }

export class TestIFrame extends EventTarget {
  readonly page: TestPage
  readonly attributes = new Map<string, string>()
  readonly posted: Posted[] = []
  readonly style = { visibility: '' }
  readonly contentWindow = {
    postMessage: (message: unknown, target: string, ports: readonly MessagePort[]) =>
      void this.posted.push({ message, target, ports }),
  }
  src = ''
  title = ''
  inert = false
  entered = 0 // so often its page has been given the focus
  ariaHidden: string | null = null

  constructor(page: TestPage) {
    super()
    this.page = page
  }

  /** Where its messages come from. */
  get origin(): string {
    return new URL(this.src).origin
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value)
  }

  /** Its page gets the focus only with the element: one that has it already passes nothing on. */
  focus(): void {
    if (this.page.document.activeElement !== this) this.entered += 1
    this.page.focusOn(this)
  }

  blur(): void {
    if (this.page.document.activeElement === this) this.page.focusOn(this.page.body)
  }

  closest(): null {
    return null
  }

  remove(): void {
    this.page.frames.splice(this.page.frames.indexOf(this), 1)
  }

  load(): void {
    this.dispatchEvent(new Event('load'))
  }

  /** Its page speaks to the shell, as itself unless the test says otherwise. */
  say(data: unknown, from: { readonly origin?: string; readonly source?: unknown } = {}): void {
    const event = Object.assign(new Event('message'), { data, origin: this.origin, source: this.contentWindow, ...from })
    this.page.window.dispatchEvent(event)
  }
}

export class TestPage {
  readonly window = new EventTarget()
  readonly body = { closest: () => null }
  readonly frames: TestIFrame[] = [] // in the document, oldest first
  readonly document = {
    activeElement: this.body as unknown,
    body: this.body,
    createElement: () => new TestIFrame(this),
  }

  constructor() {
    vi.stubGlobal('window', this.window)
    vi.stubGlobal('document', this.document)
    vi.stubGlobal('HTMLIFrameElement', TestIFrame)
    vi.stubGlobal('requestAnimationFrame', (run: () => void) => run())
  }

  place(more: Partial<Place> = {}): Place {
    const host = { append: (frame: TestIFrame) => void this.frames.push(frame) } as unknown as HTMLElement
    return { frames: 'http://*.nb.localhost:4001', opaque: false, host, settings: () => ({}), theme: () => 'dark', ...more }
  }

  focusOn(element: unknown): void {
    this.document.activeElement = element
  }
}
