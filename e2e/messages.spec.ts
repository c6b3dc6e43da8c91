// What a person reads, in the page, when something they brought or ran is refused, cut or ended.
import { cells, edit, expect, kernel, link, notebookOf, openNotebook, output, type Page, runAll, test } from './fixtures.ts'

const app = (body: string) => `import marimo\n\napp = marimo.App()\n\n${body}\n`

const REFUSED: readonly (readonly [string, string, Buffer, RegExp])[] = [
  ['of more than 5 MB', 'huge.py', Buffer.from(app(`# ${'x'.repeat(5 * 2 ** 20)}`)), /“huge\.py” is larger than 5 MB/],
  ['that is no notebook', 'script.py', Buffer.from('print(1)\n'), /This is not a marimo notebook: it has no .*marimo convert/],
  ['that is not UTF-8', 'latin.py', Buffer.from([...Buffer.from(app('# ')), 0xe9, 0x0a]), /“latin\.py” is not UTF-8 text/],
  ['of another kind', 'table.csv', Buffer.from('a,b\n'), /“table\.csv” is not a \.py file/],
]

async function bring(page: Page, name: string, buffer: Buffer): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Import' }).click()])
  await chooser.setFiles({ name, mimeType: 'text/x-python', buffer })
}

test('an import that is refused says what is wrong with the file; nothing is made', async ({ person, client }) => {
  const before = (await (await client('Colleague')).call('GET /api/notebooks')).length
  const page = await person('Colleague')
  for (const [what, name, buffer, words] of REFUSED) {
    await bring(page, name, buffer)
    await expect(page.getByText(words), what).toBeVisible()
  }
  expect((await (await client('Colleague')).call('GET /api/notebooks')).length).toBe(before)
})

test('an import under a name that is taken gets another one, which is said; the first is untouched', async ({
  person,
  client,
}) => {
  const mine = await client('Colleague')
  const { id } = await mine.notebook('there already', notebookOf('1'))
  const page = await person('Colleague')
  await bring(page, 'there already.py', Buffer.from(notebookOf('2')))
  await expect(page.getByText('Imported “there already 2”')).toBeVisible()
  expect(await mine.source(id)).toBe(notebookOf('1'))
  expect(await mine.source((await mine.find('there already 2')).id)).toBe(notebookOf('2'))
})

test('a notebook file that Python cannot read says so when it is opened', async ({ person, client }) => {
  await (await client('Colleague')).notebook('unreadable', notebookOf('1').replace('marimo.App()', 'marimo.App(width=)'))
  const page = await person('Colleague')
  await link(page, 'unreadable').click()
  await expect(page.getByText(/not a marimo notebook that Python can read\. Go back to an earlier version/).first()).toBeVisible({
    timeout: 60_000,
  })
})

// What is run in a second cell, and what is then to be read: in the cell, or in the shell around it.
const IN_THE_CELL: Readonly<Record<string, readonly [string, RegExp]>> = {
  'an output of 50 MB': ["'y' * 50_000_000", /one output may have 8 MB/],
  '100 MB in one print': ["print('x' * 100_000_000)", /truncated a very large console output/],
  'a syntax error': ['1 +', /SyntaxError|invalid syntax/i],
  'an exception': ["raise ValueError('on purpose')", /ValueError: on purpose|on purpose/],
}
const IN_THE_SHELL: Readonly<Record<string, readonly [string, RegExp]>> = {
  'os._exit': ['import os\nos._exit(3)', /The kernel ended by itself with exit code 3\. Its variables are gone/],
  'memory without end': [
    "held = []\nwhile True:\n    held.append(b'x' * (64 * 2**20))",
    /The kernel went over its memory limit of 2 GB and was stopped/,
  ],
}

for (const [what, [code, words]] of Object.entries(IN_THE_CELL))
  test(`${what}: the cell says it, and the next cell runs`, async ({ person, client }) => {
    await (await client('Colleague')).notebook(`says ${what}`, notebookOf("'first'", '0'))
    const page = await person('Colleague')
    const frame = await openNotebook(page, `says ${what}`)
    await runAll(frame)
    await edit(page, frame, 1, code)
    await expect(cells(frame).nth(1).getByText(words).first()).toBeVisible({ timeout: 60_000 })
    await edit(page, frame, 0, "f'still {6 * 7}'")
    await expect(output(frame, 0)).toContainText('still 42', { timeout: 60_000 })
  })

for (const [what, [code, words]] of Object.entries(IN_THE_SHELL))
  test(`${what}: the page names the cause, and starts again`, async ({ person, client, stack }) => {
    const isolated = (await stack.health())?.isolation?.level === 3
    test.skip(what.startsWith('memory') && !isolated, 'without control groups the cell itself fails: limits.spec')
    await (await client('Colleague')).notebook(`says ${what}`, notebookOf("'first'", '0'))
    const page = await person('Colleague')
    const frame = await openNotebook(page, `says ${what}`)
    await runAll(frame)
    await edit(page, frame, 1, code)
    await expect(page.getByText(words).first()).toBeVisible({ timeout: 60_000 })
    await expect(kernel(page)).toHaveText(/stopped|failed/)
    await page.getByRole('button', { name: 'Start again' }).click()
    await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  })
