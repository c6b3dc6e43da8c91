// The frame's steps are steps of the whole tab: Back would walk through headings and query parameters before it leaves
// the notebook. Here every step takes the place of the one before.
export function keepOneStep(): void {
  History.prototype.pushState = History.prototype.replaceState
}

/** A place in this notebook, as a press on a link to it would find it. */
export function goTo(hash: string): void {
  location.replace(hash)
}
