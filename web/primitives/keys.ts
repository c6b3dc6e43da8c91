// The shell's own keys, also while a notebook's frame has the focus: what is pressed, and what the list of them says.
const apple = typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.platform)

/** `Mod` is ⌘ on a Mac and Ctrl elsewhere. The first way to press it is the one that is shown. */
export const SHORTCUTS = {
  palette: { press: ['Mod+K'], what: 'Find a notebook or command' },
  next: { press: ['Alt+PageDown'], what: 'Next notebook' },
  previous: { press: ['Alt+PageUp'], what: 'Previous notebook' },
  save: { press: ['Mod+S'], what: 'Save the notebook in front' },
  cross: { press: ['F6', 'Mod+Shift+Escape'], what: 'Out of the notebook’s frame, and back in' },
  list: { press: ['?'], what: 'These shortcuts' },
  search: { press: ['/'], what: 'Search' },
  undo: { press: ['Mod+Z'], what: 'Take that back, while it is offered' },
} as const satisfies Record<string, { readonly press: readonly [string, ...string[]]; readonly what: string }>

export type Shortcut = keyof typeof SHORTCUTS
type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

const BY_PRESS = new Map(
  (Object.keys(SHORTCUTS) as Shortcut[]).flatMap((name) =>
    SHORTCUTS[name].press.map((press) => [press as string, name] as const),
  ),
)

export function shortcutOf(event: Pressed, mac = apple): Shortcut | null {
  const [mod, other] = mac ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey]
  if (other) return null
  const shift = event.shiftKey && !isSign(event.key)
  const held = [mod && 'Mod', event.altKey && 'Alt', shift && 'Shift'].filter((name) => name !== false)
  return BY_PRESS.get([...held, event.key.length === 1 ? event.key.toUpperCase() : event.key].join('+')) ?? null
}

/** Where "?" stands with Shift on one keyboard, it stands alone on another. */
const isSign = (key: string): boolean => key.length === 1 && !/\p{L}/u.test(key)

/** The keys as this platform names them, separated by spaces: "Ctrl K", "⌘K". */
export const keysOf = (shortcut: Shortcut, mac = apple): string =>
  SHORTCUTS[shortcut].press[0].replace('Mod+', mac ? '⌘' : 'Ctrl ').replaceAll('+', ' ')

/** A key typed into a field is text, not a command. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('input, textarea, select, .cm-content')
}
