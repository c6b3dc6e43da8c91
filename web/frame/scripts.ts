// plotly's TeX comes from a CDN in marimo's code; the same file is served with marimo's assets.
const CDN = 'https://cdn.jsdelivr.net/npm/mathjax-full@3.2.2/es5/tex-mml-svg.min.js'

export function serveMathJax(url: string): void {
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLScriptElement.prototype, 'src') ?? {}
  if (!get || !set) return
  Object.defineProperty(HTMLScriptElement.prototype, 'src', {
    configurable: true,
    enumerable: true,
    get,
    set(this: HTMLScriptElement, value: string) {
      set.call(this, value === CDN ? url : value)
    },
  })
}
