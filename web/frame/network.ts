// `fetch` to the frame's own host goes through the port; marimo calls its server there. Everything else stays the
// browser's: the content security policy lets it reach the asset host, data: and blob: only. XMLHttpRequest,
// EventSource and sendBeacon are left alone for the same reason: the policy refuses them towards every host.
import type { Intent, ToFrame } from '#protocol/bridge.ts'
import { on, say } from './port.ts'
import { noticeSave } from './saving.ts'
import { noticeSettings } from './settings.ts'

type Answer = Extract<ToFrame, { type: 'answer' }>

const INTENT_OF: Readonly<Record<string, Intent>> = {
  '/api/kernel/restart_session': 'restart',
  '/api/kernel/shutdown': 'shutdown',
  '/api/kernel/takeover': 'takeover',
}
/** What marimo asks by itself about parts that are off here: answered at once, as a marimo without them would. */
const ABSENT: Readonly<Record<string, unknown>> = {
  '/api/packages/sandbox': { backend: null, manifest: null, filename: null },
  '/api/lsp/health': { status: 'healthy', servers: [] },
  '/api/datasources/discover': { success: true },
}
const ASSETS = '/@marimo-team/' // on the frame's own host where there is one host only
const BODILESS = new Set([101, 204, 205, 304])
const answers = new Map<number, (answer: Answer) => void>()
let last = 0

export function replaceFetch(): void {
  const outer = window.fetch
  on('answer', (answer) => {
    answers.get(answer.request)?.(answer)
    answers.delete(answer.request)
  })
  window.fetch = async (input, init) => {
    const request = new Request(input, init)
    const target = new URL(request.url)
    if (target.origin !== location.origin || target.pathname.startsWith(ASSETS)) return outer(input, init)
    if (target.pathname in ABSENT) return Response.json(ABSENT[target.pathname])
    const intent = INTENT_OF[target.pathname]
    if (intent === undefined) return relay(request, target)
    say({ type: 'intent', intent })
    return new Promise(() => {}) // the shell acts, and this page ends with what it does
  }
}

async function relay(request: Request, target: URL): Promise<Response> {
  const { method } = request
  const noticeStatus = noticeSave(target.pathname)
  if (method !== 'GET' && method !== 'POST') throw new TypeError(`${method} is not spoken here`)
  request.signal.throwIfAborted()
  const body = method === 'POST' ? await request.arrayBuffer() : undefined
  noticeSettings(target.pathname, body)
  const contentType = request.headers.get('content-type')
  const id = ++last
  const answer = new Promise<Answer>((done, fail) => {
    answers.set(id, done)
    request.signal.addEventListener('abort', () => {
      answers.delete(id)
      fail(request.signal.reason)
    })
  })
  say(
    {
      type: 'fetch',
      request: id,
      method,
      path: target.pathname + target.search,
      ...(contentType !== null && { contentType }),
      ...(body !== undefined && { body }),
    },
    body ? [body] : [],
  )
  const answered = await answer
  noticeStatus(answered.status)
  return respond(answered, request.url)
}

function respond(answer: Answer, url: string): Response {
  const response = new Response(BODILESS.has(answer.status) ? null : answer.body, {
    status: answer.status,
    headers: answer.contentType === undefined ? {} : { 'content-type': answer.contentType },
  })
  return Object.defineProperty(response, 'url', { value: url })
}
