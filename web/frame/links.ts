// A link out of the notebook is handed to the shell, which asks before it opens one: the frame itself may open nothing,
// and a navigation of the frame would end the notebook. A form sends nothing anywhere, and without this a press of
// Enter in one would end the notebook too.
import { handOver, isDownload } from './downloads.ts'
import { goTo } from './history.ts'
import { say } from './port.ts'

const isOutside = (url: URL) => /^(https?|mailto):$/.test(url.protocol) && url.origin !== location.origin

export function handLinksOver(): void {
  const follow = (event: MouseEvent) => {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement || node instanceof SVGAElement)
    const address = link instanceof SVGAElement ? link.href.baseVal : link?.href
    if (!address) return
    const url = new URL(address, document.baseURI)
    const handled = event.defaultPrevented // by marimo, which has its own way to some of its places
    event.preventDefault()
    if (url.origin === location.origin && url.pathname === location.pathname) {
      if (!handled && url.hash !== '') goTo(url.hash)
    } else if (link instanceof HTMLAnchorElement && isDownload(link)) handOver(link)
    else if (isOutside(url)) say({ type: 'link', url: url.href })
  }
  window.open = (target) => {
    const url = new URL(target ?? '', document.baseURI)
    if (isOutside(url)) say({ type: 'link', url: url.href })
    return null
  }
  window.addEventListener('submit', (event) => event.preventDefault())
  HTMLFormElement.prototype.submit = () => {}
  window.addEventListener('click', follow)
  window.addEventListener('auxclick', follow)
}
