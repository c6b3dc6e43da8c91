// Runs first in the frame page, before marimo: takes the page's ways out and gives it one MessagePort instead.
//
//   frame                        shell
//   load, this script
//   scrydon-frame-ready ------>  (source and origin checked; a second one ends the frame)
//   modules are evaluated
//          <-------------------  scrydon-frame-prepare {mode, theme, settings}, where the frame is to wait for a notebook
//   marimo's entry is imported
//          <-------------------  scrydon-frame-start {the same, name} + port (source and origin checked; taken once)
//   the entry is imported, if it was not; what marimo has asked for meanwhile goes through the port
import type { FrameReady, Prepare, Start } from '#protocol/bridge.ts'
import { withSettings } from '#protocol/settings.ts'
import { handDownloadsOver } from './downloads.ts'
import { tidy } from './hide.ts'
import { keepOneStep } from './history.ts'
import { passShortcuts } from './keys.ts'
import { handLinksOver } from './links.ts'
import { replaceFetch } from './network.ts'
import { adopt } from './port.ts'
import { reportRendered } from './rendered.ts'
import { answerSaves } from './saving.ts'
import { serveMathJax } from './scripts.ts'
import { tellKernel } from './settings.ts'
import { replaceWebSocket, spoken } from './socket.ts'
import { replaceStorage } from './storage.ts'
import { followTheme, setTheme } from './theme.ts'

/** Written into the page by scripts/frame.mjs and the content site. */
type Page = {
  readonly shell: string // origin of the only page that may hand over a notebook
  readonly entry: string
  readonly modules: readonly string[]
  readonly styles: readonly string[]
  readonly mathjax: string
  readonly mount: Readonly<Record<string, unknown> & { config: object }> // marimo's mount configuration with neutral values
}

const page = readPage()
let prepared = false
let started = false

function readPage(): Page {
  const holder = document.getElementById('scrydon-page')
  holder?.remove()
  return JSON.parse(holder?.textContent ?? '')
}

function mount(values: Readonly<Record<string, unknown>>, final: boolean): void {
  const value = Object.freeze({ ...page.mount, ...values })
  Object.defineProperty(window, '__MARIMO_MOUNT_CONFIG__', { value, configurable: !final })
}

/**
 * Evaluates what marimo preloads and the pages its entry would load, so that a click finds it done. The entry itself starts
 * the application: not yet. Style sheets stand as vite would put them, which then does not wait for them.
 */
function warm(): Promise<unknown> {
  for (const href of page.styles) {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', crossOrigin: '', href })
    document.head.append(link)
  }
  return Promise.allSettled(page.modules.map((url) => import(/* @vite-ignore */ url)))
}

type FromShell = MessageEvent<Prepare | Start>

function fromShell(event: MessageEvent): event is FromShell {
  return event.source === window.parent && event.origin === page.shell
}

function heard({ data, ports }: FromShell): void {
  const [port] = ports
  if (data?.type === 'scrydon-frame-prepare') prepare(data)
  else if (data?.type === 'scrydon-frame-start' && port !== undefined) start(data, port)
}

/** marimo begins: it draws what it can without a notebook, asks for one, and waits. */
function prepare({ mode, theme, settings }: Prepare | Start): void {
  if (prepared) return
  prepared = true
  mount({ mode: mode === 'run' ? 'read' : 'edit', config: withSettings(page.mount.config, settings) }, true)
  setTheme(theme)
  tidy(mode)
  void import(/* @vite-ignore */ page.entry)
}

function start(given: Start, port: MessagePort): void {
  if (started) return
  started = true
  document.title = given.name
  prepare(given)
  setTheme(given.theme)
  adopt(port)
  if (given.mode === 'edit') void spoken.promise.then(() => tellKernel(given.settings))
  reportRendered(given.mode)
}

function ready(): void {
  const message: FrameReady = { type: 'scrydon-frame-ready' }
  window.parent.postMessage(message, page.shell)
  void warm()
}

replaceStorage()
replaceWebSocket()
replaceFetch()
followTheme()
serveMathJax(page.mathjax)
passShortcuts()
answerSaves()
handLinksOver()
handDownloadsOver()
keepOneStep()
mount({}, false)
window.addEventListener('message', (event) => {
  if (fromShell(event)) heard(event)
})
if (window.parent !== window) window.addEventListener('DOMContentLoaded', ready)
