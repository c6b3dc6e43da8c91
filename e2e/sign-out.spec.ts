// Signing out ends what a person computes: edited, read, and only just started, with real kernels.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, notebookOf, test } from './fixtures.ts'
import { until } from './stack.ts'

test('signing out stops every kernel of the person and leaves nothing of them', async ({ client, stack }) => {
  const colleague = await client('Colleague')
  const made = await Promise.all(['edited', 'read', 'started'].map((name) => colleague.notebook(name, notebookOf('1'))))
  const [edited, read, started] = made.map(({ id }) => id) as [string, string, string]
  const tab = await colleague.tab()
  const { opened: editor, kernel } = await colleague.open(tab, edited)
  await kernel.runAll()
  const { opened: reader } = await colleague.open(tab, read, 'run')
  expect([editor.mode, reader.mode]).toEqual(['edit', 'run'])
  const body = { mode: 'auto', tab: tab.id, theme: 'light' }
  const late = colleague.call('POST /api/notebooks/:id/open', { params: { id: started }, body }).catch((error: Error) => error)
  await colleague.call('POST /api/sign-out')
  await late
  const again = await client('Colleague')
  const phases = await until('everything has ended', 15_000, async () => {
    const all = (await again.call('GET /api/kernels')).filter(({ notebook }) => made.some(({ id }) => id === notebook))
    return all.every(({ phase }) => phase.phase === 'exited') && all
  })
  const causes = phases.map(({ phase }) => (phase.phase === 'exited' ? phase.cause : phase.phase))
  expect(causes.length).toBeGreaterThanOrEqual(2)
  expect(new Set(causes)).toEqual(new Set(['signed-out']))
  await until('their scratch is gone', 15_000, () => {
    const own = readdirSync(join(stack.home, 'kernels'))
    return phases.every(({ kernel: id }) => !own.includes(id))
  })
})
