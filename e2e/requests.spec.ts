// A table that is closed to somebody: they ask for it in the shell, its owner answers there, and nothing in the frame or the kernel can.
import type { Page } from '@playwright/test'
import type { Client } from './client.ts'
import { edit, expect, inside, notebookOf, openNotebook, output, runAll, test } from './fixtures.ts'

const TABLE = 'planes'
const HIDDEN = 'weather'
const REASON = 'as the examples have it'
const CLOSED = { grants: [], rows: [], masks: [] }
const READ = `from scrydon import tables\n"ROWS:" + str(len(tables.read("${TABLE}", limit=10)))`

const panel = (page: Page) => page.getByRole('complementary', { name: 'What you see' })
const refused = (page: Page) => panel(page).getByRole('list', { name: 'Refused' })
const place = (page: Page) => page.getByRole('navigation', { name: 'Managed data' })
const waiting = (page: Page) => page.getByRole('list', { name: 'Requests' })

async function rule(owner: Client, table: string, policy: object): Promise<void> {
  const { version } = await owner.call('GET /api/policies/:table', { params: { table } })
  await owner.call('PUT /api/policies/:table', { params: { table }, body: { policy, onto: version, reason: REASON } })
}

async function hide(owner: Client, hidden: boolean): Promise<void> {
  const params = { table: HIDDEN }
  const { table, tableVersion: onto } = await owner.call('GET /api/policies/:table', { params })
  if (table.hidden === hidden) return
  const details = { description: table.description, hidden, label: table.label, columns: {} }
  await owner.call('PUT /api/tables/:table', { params, body: { details, onto, reason: REASON } })
}

test.beforeEach(async ({ again }) => rule(await again('Owner'), TABLE, CLOSED))
/** The rules as the examples have them, and nobody who waits. */
test.afterEach(async ({ again }) => {
  const owner = await again('Owner')
  await hide(owner, false)
  for (const table of [TABLE, HIDDEN]) {
    const [first] = (await owner.call('GET /api/policies/:table/versions', { params: { table } })).slice(-1)
    if (first) await rule(owner, table, first.policy)
  }
  expect(await owner.call('GET /api/requests')).toEqual([]) // the rules have opened what was asked for
})

/** The colleague's notebook, whose read was refused, and the panel beside it. */
async function refusedTo(page: Page, source: string) {
  const frame = await openNotebook(page, 'asks')
  await runAll(frame)
  await expect(output(frame, 0)).toContainText(source)
  await page.getByRole('button', { name: 'What you see' }).click()
  return frame
}

async function ask(page: Page, words: string): Promise<void> {
  await refused(page)
    .getByRole('button', { name: `Ask the owner for ${TABLE}` })
    .click()
  const dialog = page.getByRole('dialog', { name: `Ask for ${TABLE}?` })
  await dialog.getByRole('textbox', { name: 'What for' }).fill(words)
  await dialog.getByRole('button', { name: 'Ask the owner' }).click()
  await expect(dialog).toBeHidden()
}

async function toAccess(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Tables' }).click()
  await place(page).getByRole('link', { name: 'Access' }).click()
}

test('a colleague who is refused asks, the owner grants it until a day, and the next read works', async ({ person, client }) => {
  await (await client('Colleague')).notebook('asks', notebookOf(READ))
  const colleague = await person('Colleague')
  const frame = await refusedTo(colleague, `You may not read “${TABLE}”`)
  await ask(colleague, 'for the <b>fleet</b> report')
  await expect(refused(colleague)).toContainText('It waits for an answer.')

  const owner = await person('Owner')
  await toAccess(owner)
  await expect(place(owner).getByRole('link', { name: 'Access' }).getByTitle('1 request to answer')).toHaveText('1')
  await expect(waiting(owner).getByRole('listitem')).toContainText(`Colleague asks to read ${TABLE}`)
  await expect(waiting(owner)).toContainText('for the <b>fleet</b> report')
  await waiting(owner)
    .getByRole('link', { name: `Grant Colleague’s request for ${TABLE}` })
    .click()
  const added = owner.getByRole('listitem', { name: 'grant-1' })
  await expect(added.getByRole('combobox', { name: 'Person of grant-1' })).toHaveValue('p_demo-colleague')
  await expect(owner.getByRole('combobox', { name: 'Preview as' })).toHaveValue('p_demo-colleague')
  await expect(owner.getByRole('region', { name: 'Preview' })).toContainText('All rows.')
  await added.getByRole('button', { name: 'Set a last day for grant-1' }).click()
  await owner.getByRole('button', { name: 'Save …' }).click()
  const dialog = owner.getByRole('dialog')
  await expect(dialog.getByRole('list', { name: 'What changes' })).toContainText('Colleague may read, until 20')
  await expect(dialog.getByRole('textbox', { name: 'Reason' })).toHaveValue('Request of Colleague')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(owner).toHaveURL(new RegExp(`/access/${TABLE}$`))
  await expect(owner.getByRole('list', { name: 'Versions' })).toContainText('Request of Colleague')

  await expect(refused(colleague)).toContainText('Owner granted your request')
  await edit(colleague, frame, 0, `${READ} + "!"`)
  await expect(output(frame, 0)).toContainText('ROWS:10!')
  await expect(panel(colleague).getByRole('list', { name: 'Tables read' })).toContainText(TABLE)
  await expect(panel(colleague).getByRole('list', { name: 'What raised it' })).toContainText(`Raised by ${TABLE}`)
})

test('a refusal is read with its sentence; what was asked can be taken back, and asked again', async ({ person, client }) => {
  await (await client('Colleague')).notebook('asks', notebookOf(READ))
  const colleague = await person('Colleague')
  await refusedTo(colleague, `You may not read “${TABLE}”`)
  await refused(colleague)
    .getByRole('button', { name: `Ask the owner for ${TABLE}` })
    .click()
  await expect(colleague.getByRole('dialog').locator(':focus')).toHaveCount(1) // until then Escape is the panel's
  await colleague.keyboard.press('Escape')
  await expect(colleague.getByRole('dialog')).toBeHidden()
  await expect(refused(colleague).getByRole('status')).toHaveText('Ask the owner') // nothing was asked, and the panel stays
  await ask(colleague, '')
  await refused(colleague)
    .getByRole('button', { name: `Take back the request for ${TABLE}` })
    .click()
  await ask(colleague, 'please')

  const owner = await person('Owner')
  await toAccess(owner)
  await expect(waiting(owner).getByRole('listitem')).toHaveCount(1)
  await waiting(owner)
    .getByRole('button', { name: `Refuse Colleague’s request for ${TABLE}` })
    .click()
  const dialog = owner.getByRole('dialog', { name: 'Refuse Colleague’s request?' })
  await dialog.getByRole('button', { name: 'Refuse' }).click()
  await expect(dialog).toBeVisible() // a sentence is wanted
  await dialog.getByRole('textbox', { name: 'Why' }).fill('The fleet is sold')
  await dialog.getByRole('button', { name: 'Refuse' }).click()
  await expect(owner.getByText('Nobody waits for an answer.')).toBeVisible()
  await expect(place(owner).getByTitle('1 request to answer')).toHaveCount(0)

  await expect(refused(colleague)).toContainText('Owner refused your request')
  await expect(refused(colleague)).toContainText('The fleet is sold')
  await expect(refused(colleague).getByRole('button')).toHaveCount(0)
})

test('a hidden name and one that there is not are told as one thing, and nothing is offered', async ({
  person,
  client,
  again,
}) => {
  const owner = await again('Owner')
  await hide(owner, true)
  await rule(owner, HIDDEN, CLOSED)
  const both = `from scrydon import tables\ntold = []\nfor name in ("${HIDDEN}", "nowhere"):\n    try:\n        tables.read(name, limit=1)\n    except Exception as error:\n        told.append(type(error).__name__)\nstr(told)`
  const mine = await client('Colleague')
  await mine.notebook('asks', notebookOf(both))
  const colleague = await person('Colleague')
  await refusedTo(colleague, 'NotFound')
  await expect(refused(colleague).getByRole('listitem')).toHaveCount(1)
  await expect(refused(colleague)).toContainText('is not there for you')
  await expect(refused(colleague)).toContainText('2 times')
  await expect(refused(colleague)).not.toContainText(HIDDEN)
  await expect(refused(colleague).getByRole('button')).toHaveCount(0)
})

test('neither the frame nor the kernel makes a request, and what a notebook draws is not the panel', async ({
  person,
  client,
  again,
  stack,
}) => {
  const calls = ['requests.ask', 'tables.ask', 'POST /api/kernels/:kernel/requests']
  const forge = `import json, socket\ndef asked(call):\n    with socket.socket(socket.AF_UNIX) as own:\n        own.connect("/run/scrydon/control")\n        own.sendall(json.dumps({"call": call, "body": {"table": "${TABLE}", "words": ""}}).encode() + b"\\n")\n        return json.loads(own.makefile().readline())["error"]["code"]\n" ".join(asked(call) for call in ${JSON.stringify(calls)})`
  const mine = await client('Colleague')
  await mine.notebook('asks', notebookOf(READ, forge))
  const colleague = await person('Colleague')
  const frame = await refusedTo(colleague, `You may not read “${TABLE}”`)
  await expect(output(frame, 1)).toContainText('not-a-call not-a-call not-a-call')
  await expect(refused(colleague).getByRole('button', { name: `Ask the owner for ${TABLE}` })).toBeVisible() // the panel has asked
  const own = await colleague.evaluate(async () => performance.getEntriesByType('resource').map(({ name }) => name))
  const kernel = own.flatMap((url) => /\/api\/kernels\/(k_[\w-]+)\/sight/.exec(url)?.[1] ?? []).at(-1)
  expect(kernel).toBeTruthy()

  const world = await inside(colleague, 'asks')
  const attempts = await world.evaluate(
    async ([shell, route]) => {
      const body = JSON.stringify({ table: 'planes', words: 'from the frame' })
      const headers = { 'content-type': 'application/json', 'x-scrydon': '1' }
      const tried = (url: string, init: RequestInit = {}) =>
        fetch(url, { method: 'POST', headers, body, ...init }).then(
          ({ status }) => (status < 400 ? 'done' : 'refused'),
          () => 'refused',
        )
      const said = [
        tried(`${shell}${route}`),
        tried(`${shell}${route}`, { credentials: 'include', mode: 'no-cors' }),
        tried(`${route}`),
      ]
      for (const message of [
        { type: 'request', table: 'planes' },
        { type: 'scrydon-request', body },
      ])
        parent.postMessage(message, '*')
      const drawn = Object.assign(document.createElement('aside'), { ariaLabel: 'What you see', innerText: 'You see it whole.' })
      document.body.append(drawn)
      let reached = 'refused'
      try {
        parent.document.body.append(drawn)
        reached = 'done'
      } catch {}
      return [...(await Promise.all(said)), reached]
    },
    [stack.origin, `/api/kernels/${kernel}/requests`],
  )
  expect(attempts).toEqual(['refused', 'refused', 'refused', 'refused'])
  await expect(panel(colleague)).toHaveCount(1)
  await expect(panel(colleague)).not.toContainText('You see it whole.')
  await expect(refused(colleague).getByRole('button', { name: `Ask the owner for ${TABLE}` })).toBeVisible() // nothing was asked
  expect(await (await again('Owner')).call('GET /api/requests')).toEqual([])
})

test('the owner looks at the rules as anybody of a clearance', async ({ person }) => {
  const owner = await person('Owner')
  await toAccess(owner)
  await owner.getByRole('list', { name: 'Rules of the tables' }).getByRole('link', { name: 'compliance_authorities' }).click()
  const preview = owner.getByRole('region', { name: 'Preview' })
  await preview.getByRole('combobox', { name: 'Preview as' }).selectOption('Anybody cleared for …')
  await expect(preview).toContainText('Nothing. The table is classified above their clearance.')
  await preview.getByRole('combobox', { name: 'Level of the profile' }).selectOption('internal')
  const seen = preview.getByRole('table', { name: 'What anybody would see' })
  await expect(seen.getByRole('row', { name: /^phone/ })).toContainText('last four only')
  await expect(preview).toContainText('Some rows are left out.')
  await preview.getByRole('combobox', { name: 'Level of the profile' }).selectOption('confidential')
  await expect(seen.getByRole('row', { name: /^phone/ })).toContainText('last four only') // the marking is missing
  await preview.getByRole('textbox', { name: 'Markings of the profile' }).fill('PII')
  await expect(seen.getByRole('row', { name: /^phone/ })).not.toContainText('last four only')
  await expect(preview).toContainText('All rows.')
})
