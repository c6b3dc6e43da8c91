// One sealed frame: an iframe on a random host that is handed one notebook, once. It answers one handshake; a second one,
// or a second load, means that something else stands where marimo stood, and the frame ends.
import { FrameReady, type Prepare, type Start, type ToFrame } from '#protocol/bridge.ts'
import type { Role } from '#protocol/roles.ts'
import { type FrameNews, type KernelChannel, Relay } from './relay.ts'

export type FrameEnd = 'destroyed' | 'reloaded' | 'unreachable'
export type FrameEvent = FrameNews | { readonly type: 'ended'; readonly why: FrameEnd }
export type Handover = Pick<Start, 'name'> & {
  readonly channel: KernelChannel
  readonly listener: (event: FrameEvent) => void
}
export type Place = {
  readonly frames: string
  readonly opaque: boolean
  readonly host: HTMLElement
  readonly settings: () => Start['settings']
  readonly theme: () => Start['theme']
}

/** What the browser lets a page do, by what may leave: a reader's page copies nothing by itself and never fills the screen. */
const GRANTS: Readonly<Record<Role, string>> = { edit: 'clipboard-write; fullscreen', run: '' }

type State =
  | { readonly at: 'loading' }
  | { readonly at: 'ready' }
  | { readonly at: 'started'; readonly relay: Relay }
  | { readonly at: 'ended' }

const HANDSHAKE = 20_000 // ms for the page to load and speak
const SANDBOX = 'allow-scripts allow-forms'
const LABEL = 26 // characters of 36: more than 128 bits

export class Frame {
  readonly element: HTMLIFrameElement
  readonly mode: Role
  /** Its page has been swapped in and has spoken, or never will. */
  readonly settled: Promise<void>
  readonly #origin: string // of its messages: an opaque document says "null"
  readonly #target: string
  readonly #taste: () => Omit<Prepare, 'type'>
  #state: State = { at: 'loading' }
  #handover: Handover | null = null
  #loads = 0
  #focusWanted = false
  #preparedFor: string | null = null
  readonly #deadline: ReturnType<typeof setTimeout>
  #settle: () => void = () => undefined

  /** Grants are fixed when the page is loaded, so the mode is known from the start. */
  constructor({ frames, opaque, host, settings, theme }: Place, mode: Role) {
    this.mode = mode
    this.settled = new Promise((settle) => (this.#settle = settle))
    this.#taste = () => ({ mode, theme: theme(), settings: settings() })
    const source = frames.replace('*', label())
    this.#origin = opaque ? 'null' : source
    this.#target = opaque ? '*' : source
    const element = document.createElement('iframe')
    element.setAttribute('sandbox', opaque ? SANDBOX : `${SANDBOX} allow-same-origin`)
    element.setAttribute('allow', GRANTS[mode])
    element.setAttribute('referrerpolicy', 'no-referrer')
    element.src = `${source}/`
    element.addEventListener('load', () => this.#loaded())
    this.element = element
    this.show(false)
    window.addEventListener('message', this.#heard)
    this.#deadline = setTimeout(() => this.#end('unreachable'), HANDSHAKE)
    host.append(element)
  }

  /** Hands the notebook over, now or as soon as the page listens. Only the first call does anything. */
  start(handover: Handover): void {
    if (this.#handover !== null) return
    this.#handover = handover
    this.element.title = `Notebook ${handover.name}`
    if (this.#state.at === 'ready') this.#give(handover)
    if (this.#state.at === 'ended') handover.listener({ type: 'ended', why: 'unreachable' })
  }

  /** Only the frame in front is seen, focused and read out; the others keep their size, so nothing is laid out again. */
  show(shown: boolean): void {
    this.element.inert = !shown
    this.element.ariaHidden = shown ? null : 'true'
    this.element.style.visibility = shown ? 'visible' : 'hidden'
    if (shown && this.#focusWanted) this.focus()
  }

  setTheme(theme: 'light' | 'dark'): void {
    this.#tell({ type: 'theme', theme })
  }

  setName(name: string): void {
    this.element.title = `Notebook ${name}`
  }

  /** Now, or once it is in front: a person may go ahead of the page. */
  focus(): void {
    this.#focusWanted = this.element.inert
    if (this.#focusWanted) return
    this.element.blur() // an element that has the focus already would not pass it on to its page
    this.element.focus()
    this.#tell({ type: 'focus' })
  }

  /** False: there is no page that could. */
  save(): boolean {
    this.#tell({ type: 'save' })
    return this.#state.at === 'started'
  }

  /** The kernel has ended: what is shown can be read and copied, not written. */
  freeze(): void {
    this.#tell({ type: 'freeze' })
  }

  get inFront(): boolean {
    return this.usable && !this.element.inert
  }

  get usable(): boolean {
    return this.#state.at !== 'ended'
  }

  /** For a notebook in this mode, as the person has it set now. */
  fits(mode: Role): boolean {
    const current = this.#preparedFor === null || this.#preparedFor === JSON.stringify(this.#taste().settings)
    return this.usable && this.mode === mode && current
  }

  destroy(): void {
    this.#end('destroyed')
  }

  readonly #heard = (event: MessageEvent): void => {
    if (event.source !== this.element.contentWindow || event.origin !== this.#origin) return
    if (!FrameReady.safeParse(event.data).success) return
    if (this.#state.at === 'loading') this.#ready()
    else this.#end('reloaded')
  }

  #ready(): void {
    clearTimeout(this.#deadline)
    this.#settle()
    this.#state = { at: 'ready' }
    if (this.#handover) this.#give(this.#handover)
    else this.#prepare()
  }

  /** marimo starts while the frame waits: the longer half of an opening. */
  #prepare(): void {
    const taste = this.#taste()
    this.#preparedFor = JSON.stringify(taste.settings)
    this.#post({ type: 'scrydon-frame-prepare', ...taste })
  }

  #loaded(): void {
    this.#loads += 1
    if (this.#loads > 1) this.#end('reloaded')
  }

  #give({ name, channel, listener }: Handover): void {
    const { port1, port2 } = new MessageChannel()
    this.#state = { at: 'started', relay: new Relay(port1, channel, listener) }
    this.#post({ type: 'scrydon-frame-start', ...this.#taste(), name }, [port2])
  }

  #post(message: Prepare | Start, transfer: Transferable[] = []): void {
    this.element.contentWindow?.postMessage(message, this.#target, transfer)
  }

  #tell(message: ToFrame): void {
    if (this.#state.at === 'started') this.#state.relay.tell(message)
  }

  #end(why: FrameEnd): void {
    if (this.#state.at === 'ended') return
    if (this.#state.at === 'started') this.#state.relay.stop()
    this.#state = { at: 'ended' }
    clearTimeout(this.#deadline)
    this.#settle()
    window.removeEventListener('message', this.#heard)
    this.element.remove()
    this.#handover?.listener({ type: 'ended', why })
  }
}

function label(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LABEL))
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('')
}
