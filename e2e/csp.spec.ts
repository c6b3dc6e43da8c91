// What a browser makes of the headers of both sites, and of frames that all stand on one host.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Frame, Page } from '@playwright/test'
import { Client } from './client.ts'
import { test as plain } from './drawn.ts'
import { expect, frameOf, inside, notebookOf, openNotebook, output, runAll, signIn, test } from './fixtures.ts'
import { portPair, Stack } from './stack.ts'

let foreign: Server
let elsewhere = ''
test.beforeAll(async () => {
  foreign = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<title>foreign</title>'))
  await new Promise<void>((done) => foreign.listen(0, '127.0.0.1', done))
  elsewhere = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`
})
test.afterAll(() => foreign.close())

/** The violations a page is told of, by directive, while something is tried in it. */
const violations = (frame: Frame | Page, attempt: string, wanted: string): Promise<string[]> =>
  frame.evaluate(
    ([code, directive]) =>
      new Promise<string[]>((done) => {
        const seen: string[] = []
        document.addEventListener('securitypolicyviolation', (event) => {
          seen.push(event.effectiveDirective)
          if (event.effectiveDirective === directive) done(seen)
        })
        const script = document.createElement('script')
        script.textContent = code ?? ''
        document.head.append(script)
        setTimeout(() => done(seen), 5000)
      }),
    [attempt, wanted] as const,
  )

/** Embeds an address in a page and answers what stands in the frame: a refused one shows the browser's own error page. */
async function embedded(page: Page, address: string): Promise<string> {
  const element = await page.evaluateHandle(async (src) => {
    const made = document.createElement('iframe')
    const done = new Promise((resolve) => made.addEventListener('load', resolve, { once: true }))
    made.src = src
    document.body.append(made)
    await done
    return made
  }, address)
  const frame = await element.contentFrame() // not the last one: the shell makes frames of its own
  await expect.poll(() => frame?.url()).not.toBe('') // the page knows of the load before the test does
  return frame?.url() ?? ''
}

test('frame-ancestors: a foreign page embeds neither the shell nor a frame', async ({ person, stack }) => {
  const page = await person('Analyst')
  await page.goto(elsewhere)
  const label = `http://${'a'.repeat(26)}.nb.localhost:${stack.port + 1}/`
  for (const address of [stack.origin, label]) expect(await embedded(page, address)).toMatch(/^chrome-error:/)
  expect(await embedded(page, `${elsewhere}/own`)).toBe(`${elsewhere}/own`) // what is not refused is there
})

test('frame-src: the shell embeds nothing but frames', async ({ person, stack }) => {
  const page = await person('Analyst')
  for (const address of [elsewhere, `http://localhost:${stack.port + 1}/`, 'data:text/html,x'])
    expect(await embedded(page, address), address).toMatch(/^chrome-error:/)
})

test('script-src: nothing written into the shell runs', async ({ person }) => {
  const page = await person('Analyst')
  const ran = await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'window.ran = true'
    document.head.append(script)
    document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.ran = true">')
    return new Promise((done) => setTimeout(() => done('ran' in window), 500))
  })
  expect(ran).toBe(false)
})

test('each directive of a frame stops what it is for', async ({ person, client }) => {
  await (await client('Colleague')).notebook('policy', notebookOf('"here"'))
  const page = await person('Colleague')
  await openNotebook(page, 'policy')
  const frame = await inside(page, 'policy')
  const add = (tag: string, values: string) => `document.body.append(Object.assign(document.createElement('${tag}'), ${values}))`
  const attempts: Record<string, string> = {
    'script-src-elem': add('script', `{ src: '${elsewhere}/x.js' }`),
    'style-src-elem': add('link', `{ rel: 'stylesheet', href: '${elsewhere}/x.css' }`),
    'font-src': `new FontFace('x', 'url(${elsewhere}/x.woff2)').load().catch(() => {})`,
    'img-src': add('img', `{ src: '${elsewhere}/x.png' }`),
    'media-src': add('video', `{ src: '${elsewhere}/x.mp4' }`),
    'connect-src': `navigator.sendBeacon('${elsewhere}/x', 'x')`,
    'worker-src': `try { new Worker('/x.js') } catch {}`,
    'frame-src': add('iframe', `{ src: '${elsewhere}/x' }`),
    'base-uri': `document.head.prepend(Object.assign(document.createElement('base'), { href: '${elsewhere}/' }))`,
    'object-src': add('object', `{ data: '${elsewhere}/x' }`),
  }
  for (const [directive, attempt] of Object.entries(attempts))
    expect(await violations(frame, attempt, directive), directive).toContain(directive)
  const said = page.waitForEvent('console', (message) => message.text().includes("form-action 'none'"))
  const submit = (action: string) => {
    const form = Object.assign(document.createElement('form'), { action, method: 'post' })
    const inner = document.body.appendChild(document.createElement('iframe')).contentWindow as Window & typeof globalThis
    document.body.append(form)
    inner.HTMLFormElement.prototype.submit.call(form) // the browser's own, not the bridge's
  }
  await frame.evaluate(submit, `${elsewhere}/x`).catch(() => undefined) // its world may be gone
  await said
})

test('Clear-Site-Data: a host that is loaded again begins with nothing', async ({ browser, stack }) => {
  const page = await browser.newPage()
  const address = `http://${'b'.repeat(26)}.nb.localhost:${stack.port + 1}/`
  await page.goto(address)
  const kept = () => page.evaluate(() => [document.cookie, 'kept' in window.localStorage])
  await page.evaluate(async () => {
    // biome-ignore lint/suspicious/noDocumentCookie: as a hostile script would
    document.cookie = 'kept=1'
    const inner = document.body.appendChild(document.createElement('iframe')).contentWindow as Window & typeof globalThis
    inner.localStorage.setItem('kept', '1') // the browser's own, not the bridge's
    await new Promise((done, fail) => {
      const request = inner.indexedDB.open('kept')
      request.onsuccess = done
      request.onerror = fail
    })
  })
  await page.goto(address)
  const inner = await page.evaluate(async () => {
    const { localStorage, indexedDB } = document.body.appendChild(document.createElement('iframe')).contentWindow as Window &
      typeof globalThis
    return [localStorage.length, (await indexedDB.databases()).length]
  })
  expect([...(await kept()), ...inner]).toEqual(['', false, 0, 0])
  await page.close()
})

plain('one host for all frames: opaque, so each is a stranger to the next, and a notebook works in it', async ({ browser }) => {
  plain.setTimeout(180_000)
  const port = await portPair()
  const stack = new Stack(port, { env: { SCRYDON_FRAMES: `http://127.0.0.1:${port + 1}` } })
  try {
    await stack.start()
    const colleague = await new Client(stack.origin).signIn('Colleague')
    for (const name of ['one', 'two']) await colleague.notebook(name, notebookOf('6 * 7'))
    const page = await signIn(await browser.newPage(), stack.origin, 'Colleague')
    await openNotebook(page, 'one')
    await page.goBack()
    const frame = await openNotebook(page, 'two')
    await runAll(frame)
    await expect(output(frame, 0)).toContainText('42')
    const iframe = page.locator('iframe[title="Notebook two"]')
    expect(await iframe.getAttribute('src')).toBe(`http://127.0.0.1:${port + 1}/`)
    expect((await iframe.getAttribute('sandbox'))?.split(' ').sort()).toEqual(['allow-forms', 'allow-scripts'])
    const two = await inside(page, 'two')
    const refused = await two.evaluate(() => {
      const names = Array.from({ length: parent.length }, (_, index) => {
        if (parent[index] === window) return 'itself'
        try {
          return parent[index]?.document.title
        } catch (error) {
          return (error as Error).name
        }
      })
      const cookie = (() => {
        try {
          return document.cookie
        } catch (error) {
          return (error as Error).name
        }
      })()
      return { origin: window.origin, names: [...new Set(names)].sort(), cookie }
    })
    expect(refused).toEqual({ origin: 'null', names: ['SecurityError', 'itself'], cookie: 'SecurityError' })
    await expect(frameOf(page, 'one').locator('body')).toHaveCount(1)
  } finally {
    await stack.stop()
  }
})
