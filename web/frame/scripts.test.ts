import { beforeEach, expect, test, vi } from 'vitest'

const CDN = 'https://cdn.jsdelivr.net/npm/mathjax-full@3.2.2/es5/tex-mml-svg.min.js'
const OURS = 'http://assets.example/mathjax.js'

/** As much of a script element as the module touches: an address that is asked for when it is set, and its load event. */
class Script extends EventTarget {
  asked: string | null = null
  get src(): string {
    return this.asked ?? ''
  }
  set src(value: string) {
    this.asked = value
  }
}

let noticeTex: (message: string) => void

beforeEach(async () => {
  vi.resetModules()
  class Fresh extends Script {
    override get src(): string {
      return super.src
    }
    override set src(value: string) {
      super.src = value
    }
  }
  vi.stubGlobal('HTMLScriptElement', Fresh)
  const scripts = await import('./scripts.ts')
  scripts.serveMathJax(OURS)
  noticeTex = scripts.noticeTex
})

const script = (src: string): Script => Object.assign(new HTMLScriptElement() as unknown as Script, { src })

test('plots without TeX load nothing', () => {
  const plot = script(CDN)
  noticeTex('{"data": "costs $5"}')
  expect(plot.asked).toBe(null)
})

test.each(['a $\\\\alpha$ title', 'data-figure="&#36;x^2&#36;"'])('a plot with TeX loads our copy: %s', (message) => {
  const plot = script(CDN)
  noticeTex(message)
  expect(plot.asked).toBe(OURS)
})

test('a second plot hears of the library without loading it again', async () => {
  noticeTex('$x$')
  const [first, second] = [script(CDN), script(CDN)]
  const heard = new Promise((done) => second.addEventListener('load', done))
  expect([first.asked, second.asked]).toEqual([OURS, null])
  first.dispatchEvent(new Event('load'))
  await heard
})

test('any other script keeps its address', () => {
  expect(script('https://elsewhere.example/x.js').asked).toBe('https://elsewhere.example/x.js')
})
