// plotly's TeX comes from a CDN in marimo's code; the same file is served with marimo's assets. marimo asks for it at
// the first plot of any kind: it is large, so it is loaded only once the kernel has said something that can be TeX.
const CDN = 'https://cdn.jsdelivr.net/npm/mathjax-full@3.2.2/es5/tex-mml-svg.min.js'
const TEX = /(?:\$|#36;).+?(?:\$|#36;)/s // marimo writes &#36; in attributes

const waiting: (() => void)[] = []
let seen = false
let library: Promise<unknown> | null = null

/** Every message of the stream passes here: a figure's text can come no other way. */
export function noticeTex(message: string): void {
  if (seen || !TEX.test(message)) return
  seen = true
  for (const load of waiting.splice(0)) load()
}

export function serveMathJax(url: string): void {
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLScriptElement.prototype, 'src') ?? {}
  if (!get || !set) return
  /** Each plot brings a script element of its own: the first loads the library, the others hear when it is there. */
  const load = (script: HTMLScriptElement) => {
    if (library) return void library.then(() => script.dispatchEvent(new Event('load')))
    library = new Promise((done) => script.addEventListener('load', done, { once: true }))
    set.call(script, url)
  }
  Object.defineProperty(HTMLScriptElement.prototype, 'src', {
    configurable: true,
    enumerable: true,
    get,
    set(this: HTMLScriptElement, value: string) {
      if (value !== CDN) set.call(this, value)
      else if (seen) load(this)
      else waiting.push(() => load(this))
    },
  })
}
