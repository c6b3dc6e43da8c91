// Keys as this platform names them.
const apple = typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.platform)

export const commandKey = apple ? '⌘' : 'Ctrl '
export const hasCommand = (event: KeyboardEvent): boolean => (apple ? event.metaKey : event.ctrlKey) && !event.altKey

/** A key typed into a field is text, not a command. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('input, textarea, select, .cm-content')
}
