// Artefacts as hostile code in a real kernel tries them, past the library, and what the shell makes of active content.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from './client.ts'
import { expect, notebookOf, test } from './fixtures.ts'

const ATTACKS = readFileSync(join(import.meta.dirname, 'artefacts-attacks.py'), 'utf8').trim()
const NAMED = `<img src=x onerror="document.title='taken'">.html`

/** What the code's last value says. */
async function tried(who: Client, mode: 'auto' | 'run' = 'auto'): Promise<unknown> {
  const { id } = await who.notebook(`attacks, ${mode}`, notebookOf(ATTACKS))
  const { opened, kernel } = await who.open(await who.tab(), id, mode)
  if (opened.mode === 'edit') await kernel.runAll()
  await kernel.until('what came of it', ({ op, data }) => op === 'cell-op' && JSON.stringify(data).includes('TRIED:'))
  const seen = kernel.seen.map(({ data }) => JSON.stringify(data)).join('')
  return JSON.parse(Buffer.from(/TRIED:([\w+/=]+):/.exec(seen)?.[1] ?? '', 'base64').toString())
}
const list = (who: Client) => who.call('GET /api/artefacts')

test.afterEach(async ({ again }) => {
  const who = await again('Analyst')
  for (const { id } of await list(who)) await who.call('DELETE /api/artefacts/:artefact', { params: { artefact: id } })
})

test('what is not as it should be is refused, and nothing of it is kept', async ({ client }) => {
  const who = await client('Analyst')
  const bad = 'bad-question'
  const shape = [expect.stringMatching(/^not-/), 'artefact-shape']
  expect(await tried(who)).toEqual({
    names: {
      path: bad,
      parent: bad,
      backslash: bad,
      hidden: bad,
      nul: bad,
      newline: bad,
      turned: bad,
      'half a letter': bad,
      long: bad,
      'very long': bad,
      none: bad,
      spaces: bad,
      'a number': bad,
    },
    shapes: { 'a kind': bad, 'somebody else': bad, 'a label': bad, 'many columns': bad, 'no Arrow': shape },
    frames: {
      'one without end': shape,
      'longer than one may be': shape,
      'fewer than promised': shape,
      'a long word': shape,
      'no word': shape,
      'broken off': ['cut', 'artefact-cut'],
      'too much': ['too-large', 'artefact-large'],
    },
    plans: { 'a made-up one': 'unknown-plan', 'one twice': ['{}', 'unknown-plan', 3] },
    pictures: { pixels: ['too-large', 'artefact-pixels'], text: shape, profile: shape },
    active: {
      'svg as a picture': shape,
      'page as a picture': shape,
      page: ['{}', 'file'],
      svg: ['{}', 'file'],
      chart: ['{}', 'chart'],
    },
    calls: {
      open: 'not-a-call',
      release: 'not-a-call',
      relabel: 'not-a-call',
      remove: 'not-a-call',
    },
  })
  expect((await list(who)).map(({ name, kind, bytes }) => [name, kind, bytes])).toEqual([
    ['chart', 'chart', 41],
    ['drawing.svg', 'file', 75],
    [NAMED, 'file', 41],
    ['twice', 'file', 3],
  ])
})

test('active content is a name and a file to keep, never a page of the shell’s', async ({ client, person, stack }) => {
  const who = await client('Analyst')
  await tried(who)
  const page = await person('Analyst')
  await page.goto(`${stack.origin}/artefacts`)
  const table = page.getByRole('table', { name: 'Artefacts' })
  await expect(table.getByText(NAMED, { exact: true })).toBeVisible()
  await expect(table.locator('img')).toHaveCount(0)
  for (const name of [NAMED, 'drawing.svg', 'chart']) {
    await page.getByRole('button', { name: `Actions for ${name}` }).click()
    await expect(page.getByRole('menuitem', { name: 'Show' })).toHaveCount(0)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Download' }).click(),
    ])
    expect(await download.failure()).toBeNull()
    await expect(page).toHaveURL(`${stack.origin}/artefacts`)
  }
  const [svg] = (await list(who)).filter(({ name }) => name === 'drawing.svg')
  const answered = await page.goto(`${stack.origin}/api/artefacts/${svg?.id}/content`)
  expect([answered?.status(), answered?.headers()['content-type']]).toEqual([401, 'application/json; charset=utf-8'])
  expect(await page.title()).not.toContain('taken')
})

test('a kernel that reads its notebook saves nothing by its sockets either, and that is on record', async ({ client }) => {
  const who = await client('Analyst')
  const none = 'readers'
  expect(await tried(who, 'run')).toMatchObject({
    names: { path: none },
    frames: { 'broken off': none },
    pictures: { pixels: none },
    active: { page: none },
    calls: { open: 'not-a-call' },
  })
  expect(await list(who)).toEqual([])
  const { lines } = await who.call('GET /api/audit')
  expect(lines.map(({ kind, allowed, text }) => [kind, allowed, text])).toContainEqual([
    'call-barred',
    false,
    'A kernel that reads its notebook, or is not trusted yet, asked for artefacts.save: refused',
  ])
})
