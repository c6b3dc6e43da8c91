// Presses every control of a place in a frame, menus and what they hold included, each kind once, as a person would.
import type { Frame, Locator, Page } from '@playwright/test'

const ROLES = ['button', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'tab', 'switch', 'option', 'radio']
const OFF = ':disabled, [aria-disabled="true"], [data-disabled=""], [data-disabled="true"]'
const ALIKE = '[role="option"][data-radix-collection-item]:nth-child(n + 2)' // of a list to choose from, the first
const CONTROLS = [
  'button',
  'select',
  'summary',
  '[aria-haspopup]',
  '[data-testid^="footer-"]',
  '.modebar-btn',
  ...ROLES.map((role) => `[role="${role}"]`),
]
  .map((selector) => `${selector}:not(${OFF}, ${ALIKE})`)
  .join(', ')
const LAYERS = '[role="menu"], [role="dialog"], [role="alertdialog"], [role="listbox"]'
const DEEP = 4 // a menu, what it opens, and what that opens
const MOST = 200 // presses of one place
const PRESS = 1500 // ms until a control can be pressed
const NOTICE = 8000 // ms: one may lie over it, for five seconds

/**
 * `open` brings it into sight, or leaves it there. What `skip` names would take away what the sweep stands on, or is one of
 * many alike; what `leads` names opens a place of its own, and so is what stands in a `beyond`.
 */
export type Place = {
  readonly name: string
  readonly within: Locator
  open(): Promise<unknown>
  readonly skip?: RegExp
  readonly leads?: RegExp
  readonly beyond?: string
}
/** By the way there: place > label > label. `missed`: in sight, yet not to be pressed. */
export type Swept = { readonly pressed: ReadonlySet<string>; readonly missed: ReadonlySet<string> }
type Control = { readonly mark: string; readonly label: string; readonly options: number }

export class Sweep {
  readonly pressed = new Set<string>()
  readonly missed = new Set<string>()
  readonly #page: Page
  readonly #frame: Frame

  constructor(page: Page, frame: Frame) {
    this.#page = page
    this.#frame = frame
  }

  async through(place: Place): Promise<void> {
    for (let step = 0; step < MOST; step += 1) {
      await this.#close()
      await place.open()
      await this.#opened(true)
      if (!(await this.#descend(place))) return this.#page.keyboard.press('Escape')
    }
    throw new Error(`${place.name} has no end`)
  }

  /** From the place down: a control, what it opens, what that opens. False: nothing was left to press. */
  async #descend({ name, within, skip, leads, beyond }: Place): Promise<boolean> {
    let scope = within
    let path = name
    let any = false
    for (let depth = 0; depth < DEEP; ) {
      const control = (await this.#sight(scope, beyond)).find(
        ({ label }) => !this.#dealtWith(`${path} > ${label}`) && !skip?.test(label),
      )
      if (control === undefined) return this.#done(path) && any
      any = true
      const way = `${path} > ${control.label}`
      if (!(await this.#reach(scope, control, way))) return true // looked for anew, unless it is missed
      const [layer] = await this.#opened()
      if (layer === undefined || leads?.test(control.label)) {
        this.#done(way)
        if (layer !== undefined || !(await scope.isVisible())) return true
        continue
      }
      depth += 1
      path = way
      scope = this.#frame.locator(`[data-layer="${layer}"]`)
    }
    return this.#done(path)
  }

  #dealtWith(way: string): boolean {
    return this.pressed.has(way) || this.missed.has(way)
  }

  #done(way: string): boolean {
    this.pressed.add(way)
    return true
  }

  #sight(scope: Locator, beyond: string | undefined): Promise<Control[]> {
    const controls = scope.locator(CONTROLS).filter({ visible: true })
    return (beyond ? controls.and(this.#frame.locator(`:not(:is(${beyond}) *)`)) : controls).evaluateAll(describe)
  }

  /** Presses it; false: another press has folded it up, switched it off or covered it meanwhile. In sight all the same, it is missed. */
  async #reach(scope: Locator, control: Control, way: string): Promise<boolean> {
    const there = scope.locator(`[data-mark="${control.mark}"]:not(${OFF})`)
    for (const timeout of [PRESS, NOTICE]) {
      if (await this.#press(scope, control, timeout)) return true
      if ((await this.#opened()).length > 0 || !(await there.isVisible())) return false
    }
    this.missed.add(way)
    return false
  }

  #press(scope: Locator, { mark, options }: Control, timeout: number): Promise<boolean> {
    const control = scope.locator(`[data-mark="${mark}"]`)
    const done = options > 0 ? control.selectOption({ index: options - 1 }, { timeout }) : control.click({ timeout })
    return done.then(
      () => true,
      () => false, // it went away, or something lies over it
    )
  }

  /** What has opened since the last time, the outermost first. */
  async #opened(base = false): Promise<string[]> {
    return (await this.#layers()).evaluateAll(fresh, base)
  }

  async #layers(): Promise<Locator> {
    await this.#frame.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
    return this.#frame.locator(LAYERS).filter({ visible: true })
  }

  async #close(): Promise<void> {
    for (let level = 0; level < DEEP; level += 1) {
      if ((await (await this.#layers()).and(this.#frame.locator(':not([data-layer="base"])')).count()) === 0) return
      await this.#page.keyboard.press('Escape')
    }
  }
}

/** Marks each, so that it is found again, and names it. */
function describe(controls: readonly Element[]): Control[] {
  const choice = '[role="option"], [role^="menuitem"]' // what stands in one is its own
  const pressable = controls
    .filter((element) => getComputedStyle(element).pointerEvents !== 'none')
    .filter((element) => !element.parentElement?.closest(choice))
    .filter((element) => !element.closest('[data-panel-size="0.0"]')) // folded up
    .filter((element) => !element.matches('[aria-hidden="true"]')) // stands in for a list that is drawn
    .filter((element) => !element.matches('[draggable="true"]')) // a driver's press starts a drag there
  const ordered = pressable.toSorted((one, other) => Number(one.role === 'tab') - Number(other.role === 'tab')) // what a tab shows first
  return ordered.map((element) => {
    if (!element.hasAttribute('data-mark')) element.setAttribute('data-mark', crypto.randomUUID())
    const named = ['data-testid', 'aria-label', 'title', 'data-title', 'data-key', 'data-value'].map((name) =>
      element.getAttribute(name),
    )
    const text = (element.textContent ?? '').trim().replaceAll(/\s+/g, ' ')
    const label = (text || named.find(Boolean) || '?').slice(0, 60)
    const options = element instanceof HTMLSelectElement ? element.options.length : 0
    return { mark: element.getAttribute('data-mark') ?? '', label, options }
  })
}

/** Marks each; `base`: they are where the place is, and stay. */
function fresh(layers: readonly Element[], base: boolean): string[] {
  const found = layers.filter((layer) => !layer.hasAttribute('data-layer'))
  for (const layer of base ? layers : found) layer.setAttribute('data-layer', base ? 'base' : crypto.randomUUID())
  const outer = found.filter((layer) => !found.some((other) => other !== layer && other.contains(layer)))
  return outer.map((layer) => layer.getAttribute('data-layer') ?? '')
}
