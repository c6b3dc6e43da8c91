// A reader of a notebook tries to see what is masked or left out for them, by every way of asking. The author, who may see it, asks
// the same: what they are answered shows that each way would lead there.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from './client.ts'
import { expect, notebookOf, type Stack, test } from './fixtures.ts'
import { ROOT } from './stack.ts'

const UNMASK = readFileSync(join(import.meta.dirname, 'unmask.py'), 'utf8').trim()
const EMAIL = 'poststelle@bfdi.bund.de' // masked for the colleague
const HIDDEN = 'FR' // a country whose row is left out for them
type Tried = {
  shown: Record<string, string | string[]>
  told: Record<string, string>
  engine: Record<string, string | string[]>
}

const TABLE = readFileSync(join(ROOT, 'examples/tables/compliance_authorities.csv'), 'utf8')
/** Every email address and telephone number there is: none is for the reader. */
const secrets = [...new Set(TABLE.match(/[\w.-]+@[\w.-]+\.\w+|\+\d[\d ]{7,}\d/g))]
const seen = (answer: string | string[]) => secrets.filter((secret) => JSON.stringify(answer).includes(secret.slice(0, -1)))
const NO_SELECT = 'in a plan' // refused to everybody

async function tried(who: Client, id: string): Promise<{ mode: string; answer: Tried }> {
  const { opened, kernel } = await who.open(await who.tab(), id)
  if (opened.mode === 'edit') await kernel.runAll()
  await kernel.until('what came of it', ({ op, data }) => op === 'cell-op' && /TRIED:[\w+/=]+:/.test(JSON.stringify(data)))
  const text = kernel.seen.map(({ data }) => JSON.stringify(data)).join('')
  const answer = JSON.parse(Buffer.from(/TRIED:([\w+/=]+):/.exec(text)?.[1] ?? '', 'base64').toString()) as Tried
  return { mode: opened.mode, answer }
}

function code({ home }: Stack): string {
  const tables = readdirSync(join(home, 'tables')).map((name) => join(home, 'tables', name))
  const given = {
    email: [...EMAIL].reverse().join(''),
    hidden: HIDDEN,
    files: [...tables, join(home, 'state.db')],
    caches: [join(home, 'kernels'), '/var/tmp'],
  }
  return UNMASK.replace('GIVEN', Buffer.from(JSON.stringify(given)).toString('base64'))
}

test('a reader sees through no mask and past no filter, also after the author has read it all', async ({ client, stack }) => {
  const [author, reader] = [await client('Analyst'), await client('Colleague')]
  const { id } = await author.notebook('unmasks', notebookOf(code(stack)))
  const body = { with: ['p_demo-colleague'], right: 'view', expires: null, onto: 0 }
  await author.call('PUT /api/notebooks/:id/shares', { params: { id }, body })
  const theirs = await tried(author, id)
  const mine = await tried(reader, id)
  expect([theirs.mode, mine.mode]).toEqual(['edit', 'run'])
  for (const [way, answer] of Object.entries(mine.answer.shown))
    expect.soft([way, seen(answer), `${answer}`.includes('@')]).toEqual([way, [], false])
  for (const [way, answer] of Object.entries(theirs.answer.shown))
    if (way === NO_SELECT) expect.soft(answer, way).toMatch(/^Invalid/)
    else if (way === 'in pieces') expect.soft(answer).toContain('bfdi.bund.de')
    else expect.soft(seen(answer), way).not.toEqual([])
  const none = Object.keys(mine.answer.told).map((way) => [way, expect.stringMatching(/^(0|\[\[0\]\])$/)])
  expect(mine.answer.told).toEqual(Object.fromEntries(none))
  for (const [way, answer] of Object.entries(theirs.answer.told))
    expect.soft(answer, way).toMatch(/^([1-9]\d*|\[\[[1-9]\d*\]\])$/)
  for (const { answer } of [theirs, mine]) {
    const { cached, attached, ...files } = answer.engine
    expect([cached, attached]).toEqual([[], expect.stringMatching(/^IOException/)])
    for (const [path, count] of Object.entries(files)) expect.soft(count, path).toBe('[[0]]')
  }
})
