// Automated accessibility checks of each page, in both themes, and the journey by keyboard alone.
import AxeBuilder from '@axe-core/playwright'
import type { Locator } from '@playwright/test'
import { expect, frameOf, kernel, link, list, notebookOf, type Page, swappedIn, test } from './fixtures.ts'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(TAGS).exclude('iframe').analyze()
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

/** Colours are judged once nothing fades any more. */
const still = (page: Page): Promise<unknown> =>
  page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((each) => each.effect?.getTiming().iterations === 1)
        .map((each) => each.finished.catch(() => undefined)), // gone before its end: nothing fades
    ),
  )

for (const theme of ['light', 'dark'] as const) {
  test(`sign-in, list, an opened notebook and its sharing, ${theme}`, async ({ page, stack, client }) => {
    await (await client('Analyst')).notebook(`seen in ${theme}`, notebookOf('1'))
    await page.emulateMedia({ colorScheme: theme })
    await page.goto(stack.origin)
    await expect(page.getByRole('button', { name: 'Continue as Analyst' })).toBeVisible()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Continue as Analyst' }).click()
    await expect(list(page)).toBeVisible()
    expect(await violations(page)).toEqual([])
    await link(page, `seen in ${theme}`).click()
    await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    await page.getByRole('combobox', { name: 'Add people' }).click()
    await page.getByRole('option', { name: 'Colleague' }).click()
    await page.getByRole('button', { name: 'Share notebook' }).click()
    await expect(page.getByRole('button', { name: 'Stop sharing' })).toBeVisible()
    await page.getByRole('combobox', { name: 'Add people' }).click()
    await expect(page.getByRole('option', { name: 'Owner' })).toBeVisible()
    await still(page)
    expect(await violations(page)).toEqual([])
  })
}

for (const theme of ['light', 'dark'] as const)
  test(`the pages of managed data, ${theme}`, async ({ person, stack }) => {
    const [owner, auditor] = [await person('Owner'), await person('Auditor')]
    for (const page of [owner, auditor]) await page.emulateMedia({ colorScheme: theme })
    const looked = async (page: Page, path: string, shown: Locator) => {
      await page.goto(`${stack.origin}/${path}`)
      await expect(shown).toBeVisible()
      await still(page)
      expect([path, await violations(page)]).toEqual([path, []])
    }
    const table = 'compliance_authorities'
    await looked(owner, 'tables', owner.getByRole('list', { name: 'Tables' }))
    await looked(owner, `tables/${table}`, owner.getByRole('table', { name: `Columns of ${table}` }))
    await looked(owner, 'access', owner.getByRole('button', { name: 'Edit Colleague' }))
    await owner.getByRole('button', { name: 'Edit Colleague' }).click()
    await still(owner)
    expect(await violations(owner)).toEqual([])
    await owner.keyboard.press('Escape')
    await owner.getByRole('button', { name: 'Edit the workspace' }).click()
    await owner.getByRole('dialog').getByRole('button', { name: 'Add a grant' }).click()
    await still(owner)
    expect(await violations(owner)).toEqual([])
    await looked(owner, 'models', owner.getByRole('list', { name: 'Deployed models' }))
    await owner.getByRole('button', { name: 'Upload a model' }).click()
    await still(owner)
    expect(await violations(owner)).toEqual([])
    await owner.keyboard.press('Escape')
    await looked(owner, `access/${table}`, owner.getByRole('table', { name: 'What Analyst would see' }))
    await owner.getByRole('button', { name: 'Add row rule' }).click()
    await owner.getByRole('button', { name: 'Save …' }).click()
    await expect(owner.getByRole('dialog')).toBeVisible()
    await still(owner)
    expect(await violations(owner)).toEqual([])
    await looked(auditor, 'audit', auditor.getByRole('list', { name: 'Record' }))
  })

/** What stands over the page: what opens it, and what is there then. */
const OVER: Record<string, { open(page: Page): Promise<void>; shown(page: Page): Locator }> = {
  'the menu of a notebook': {
    open: (page) => page.getByRole('button', { name: 'Actions for welcome', exact: true }).click(),
    shown: (page) => page.getByRole('menu'),
  },
  'the menu of the person': {
    open: (page) => page.getByRole('button', { name: 'Signed in as Analyst' }).click(),
    shown: (page) => page.getByRole('menu'),
  },
  'the palette': {
    open: (page) => page.keyboard.press('Control+k'),
    shown: (page) => page.getByRole('option').first(),
  },
  'the shortcuts': {
    open: (page) => page.keyboard.press('?'),
    shown: (page) => page.getByRole('dialog'),
  },
  'the preferences': {
    async open(page) {
      await page.getByRole('button', { name: 'Signed in as Analyst' }).click()
      await page.getByRole('menuitem', { name: 'Preferences' }).click()
    },
    shown: (page) => page.getByRole('dialog'),
  },
  'the field of a name': {
    async open(page) {
      await page
        .getByRole('button', { name: /^Actions for to look at in/ })
        .first()
        .click()
      await page.getByRole('menuitem', { name: 'Rename' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('a/b')
    },
    shown: (page) => page.getByRole('alert'),
  },
}

for (const theme of ['light', 'dark'] as const)
  test(`menus and dialogs, ${theme}`, async ({ person, client }) => {
    await (await client('Analyst')).notebook(`to look at in ${theme}`, notebookOf('1'))
    const page = await person('Analyst')
    await page.emulateMedia({ colorScheme: theme })
    for (const [what, { open, shown }] of Object.entries(OVER)) {
      await open(page)
      await expect(shown(page), what).toBeVisible()
      await still(page)
      expect(await violations(page), what).toEqual([])
      await page.keyboard.press('Escape')
      await expect(shown(page), what).toHaveCount(0)
    }
  })

for (const theme of ['light', 'dark'] as const)
  test(`the steps of a start and the panels of a notebook, ${theme}`, async ({ person, client, stack }) => {
    await (await client('Analyst')).notebook(`starting in ${theme}`, notebookOf('1'))
    const page = await person('Analyst')
    await page.emulateMedia({ colorScheme: theme })
    const zygote = stack.zygote()
    process.kill(zygote, 'SIGSTOP')
    try {
      await link(page, `starting in ${theme}`).click()
      await expect(page.getByRole('list', { name: 'Start' }).locator('[aria-current="step"]')).toBeVisible()
      expect(await violations(page)).toEqual([])
    } finally {
      process.kill(zygote, 'SIGCONT')
    }
    await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
    for (const panel of ['Versions', 'Files', 'Packages', 'Limits']) {
      await page.getByRole('toolbar', { name: 'Panels' }).getByRole('button', { name: panel }).click()
      await expect(
        page
          .getByRole('complementary', { name: panel })
          .or(page.getByRole('dialog', { name: panel }))
          .first(),
      ).toBeVisible()
      await still(page)
      expect(await violations(page), panel).toEqual([])
    }
    await page.getByRole('button', { name: 'Kernel', exact: true }).click()
    await expect(page.getByRole('menu')).toBeVisible()
    await still(page)
    expect(await violations(page)).toEqual([])
  })

for (const theme of ['light', 'dark'] as const)
  test(`a reader’s page: running, with what was refused, stopped, ended, ${theme}`, async ({ person, client }) => {
    const author = await client('Analyst')
    const source = notebookOf(
      'from scrydon import tables\nimport time',
      'tables.read("nowhere")',
      'while True:\n    time.sleep(1)',
    )
    const { id } = await author.notebook(`read in ${theme}`, source)
    const share = { with: ['p_demo-colleague'], right: 'view', expires: null, onto: 0 } as const
    await author.call('PUT /api/notebooks/:id/shares', { params: { id }, body: share })
    const page = await person('Colleague')
    await page.emulateMedia({ colorScheme: theme })
    const looked = async (what: string) => {
      await still(page)
      expect(await violations(page), what).toEqual([])
    }
    await link(page, `read in ${theme}`).click()
    await expect(page.getByRole('progressbar', { name: 'Cells that have run' })).toBeVisible({ timeout: 60_000 })
    await expect(page.getByRole('status', { name: 'Classification' })).toBeVisible()
    await expect(frameOf(page, `read in ${theme}`).getByText('There is no table “nowhere” for you.')).toBeVisible()
    await looked('running')
    await page.getByRole('button', { name: 'What you see' }).click()
    await expect(page.getByRole('list', { name: 'Refused' })).toBeVisible()
    await looked('refused')
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible()
    await looked('stopped')
    await page.getByRole('button', { name: 'Run again' }).click()
    await expect(page.getByRole('progressbar', { name: 'Cells that have run' })).toBeVisible({ timeout: 60_000 })
    await author.call('DELETE /api/notebooks/:id/shares', { params: { id }, body: { with: 'p_demo-colleague' } })
    await expect(page.getByText('no longer shared')).toBeVisible()
    await looked('ended')
  })

/** Presses Tab until the wished for has the focus, as somebody without a pointer does. */
async function tabTo(page: Page, wished: Locator, most: number): Promise<void> {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press('Tab')
    if (await wished.evaluate((element) => element === document.activeElement)) return
  }
  await expect(wished).toBeFocused({ timeout: 1 })
}

test('from sign-in to an opened notebook, into it, out again and back by keyboard alone', async ({ page, stack, client }) => {
  await (await client('Analyst')).notebook('by keyboard', notebookOf("'a'"))
  await page.goto(stack.origin)
  await expect(page.getByRole('button', { name: 'Continue as Analyst' })).toBeVisible()
  await tabTo(page, page.getByRole('button', { name: 'Continue as Analyst' }), 10)
  await page.keyboard.press('Enter')
  await expect(list(page)).toBeVisible()
  await tabTo(page, page.getByRole('searchbox', { name: 'Search notebooks' }), 12)
  await page.keyboard.type('by keyboard')
  await expect(list(page).getByRole('link')).toHaveCount(1)
  await tabTo(page, link(page, 'by keyboard'), 14)
  await page.keyboard.press('Enter')
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  const frame = frameOf(page, 'by keyboard')
  await expect(frame.locator('.cm-content')).toBeVisible()
  await swappedIn(page)
  await page.keyboard.press('F6') // into the notebook
  await expect(frame.locator('.cm-content').first()).toBeFocused()
  await page.keyboard.press('Control+Enter')
  await expect(frame.locator('.output-area').first()).toContainText('a')
  await page.keyboard.press('F6') // and out again
  await expect(page.getByRole('tab', { name: 'by keyboard' })).toBeFocused()
  await page.goBack()
  await expect(list(page)).toBeVisible()
})
