// What a person may open, and what closes when the right, the lease or the sign-in goes.
import { describe, expect, test } from 'vitest'
import { CLOSE } from '#protocol/close.ts'
import { Happenings } from './testing/browser.ts'
import { House, NOTEBOOK, refusalOf, until } from './testing/house.ts'

const house = House.forTests()

describe('authority', () => {
  test('another person’s kernel and one that never was get the same answer', async () => {
    const { tab, kernel } = await house.liveKernel()
    const colleague = await house.signedTab(await house.signIn('demo-colleague'))
    const theirs = await colleague.kernel(kernel).ended.find()
    const none = await colleague.kernel('k_nothing-there').ended.find()
    expect({ ...theirs, id: 'its own' }).toEqual({ ...none, id: 'its own' })
    expect([theirs.reason, theirs.id?.length]).toEqual(['notFound', none.id?.length])
    tab.drop()
    colleague.drop()
  })

  test('a browser opens no runner channel and names no tab', async () => {
    const tab = await house.signedTab()
    const ended = new Happenings<string>()
    tab.link.openChannel({ resource: { type: 'runner' } }, { message: () => {}, ended: ({ reason }) => ended.add(reason) })
    expect(await ended.find()).toBe('forbidden')
    tab.link.openChannel({ resource: { type: 'events' }, tab: 't_someone-else' }, { message: () => {}, ended: () => {} })
    expect((await tab.closed.find()).code).toBe(CLOSE.badFrame.code)
  })

  test('a command with a tag of the browser’s ends the link', async () => {
    const { tab, channel } = await house.liveKernel()
    channel.send('/api/kernel/run', {}, { tag: 'save' })
    expect((await channel.ended.find()).reason).toBe('badFrame')
    tab.drop()
  })

  test('events take no message', async () => {
    const tab = await house.signedTab()
    const channel = tab.openEvents()
    await until(() => channel.stream !== '', 'the channel')
    channel.send('text', Buffer.from('{}'))
    expect((await tab.eventsEnded.find()).reason).toBe('forbidden')
    expect(tab.link.open).toBe(true)
    tab.drop()
  })

  test('trash closes exactly the channels of that notebook', async () => {
    const one = await house.liveKernel()
    const other = one.tab.kernel((await house.opened(house.owner, one.tab.tab)).kernel)
    await other.texts.find(({ op }) => op === 'kernel-ready')
    expect((await house.owner.call(`DELETE /api/notebooks/${one.notebook}`)).status).toBe(200)
    const { reason, id } = await one.channel.ended.find()
    expect(reason).toBe('revoked')
    const quoted = house.gateway.log.filter((line) => line.includes(`"${id}"`)).map((line) => JSON.parse(line) as object)
    expect(quoted).toMatchObject([{ id, reason, notebook: one.notebook, kernel: one.kernel }])
    expect((await other.ask('/api/kernel/run', { cellIds: ['Hbol'], codes: ['still here'] })).head.status).toBe(200)
    one.tab.drop()
  })

  test('who loses the lease loses the channel, and a save on its way becomes a draft', async () => {
    const colleague = await house.signIn('demo-colleague')
    const shared = ((await house.owner.call('GET /api/notebooks')).body as { id: string; name: string }[]).find(
      ({ name }) => name === 'shared',
    )
    const notebook = shared?.id ?? ''
    const tab = await house.signedTab()
    const { kernel } = await house.openAgain(house.owner, tab.tab, notebook)
    const channel = tab.kernel(kernel)
    await channel.texts.find(({ op }) => op === 'kernel-ready')
    expect((await colleague.call(`POST /api/notebooks/${notebook}/lease/ask`, {})).status).toBe(200)
    expect((await house.owner.call(`POST /api/notebooks/${notebook}/lease/answer`, { give: true })).status).toBe(200)
    const late = await channel.ask('/api/kernel/save', {
      cellIds: ['a'],
      codes: [NOTEBOOK.replace('x = 1', 'x = 3')],
      names: ['_'],
      configs: [{}],
      filename: 'x',
      layout: null,
    })
    expect([late.head.status, refusalOf(late.body)]).toEqual([409, 'not-the-editor'])
    expect((await house.owner.call(`GET /api/notebooks/${notebook}/drafts`)).body).toHaveLength(1)
    expect((await channel.ended.find()).reason).toBe('leaseLost')
    expect(((await house.owner.call(`GET /api/notebooks/${notebook}/source`)).body as { source: string }).source).toBe(NOTEBOOK)
    tab.drop()
  })

  test('sign-out ends every socket of the person and nobody else’s', async () => {
    const analyst = await house.signIn('demo-analyst')
    const tabs = [await house.signedTab(analyst), await house.signedTab(analyst)]
    const mine = await house.signedTab()
    expect((await analyst.call('POST /api/sign-out', {})).status).toBe(200)
    for (const tab of tabs) expect((await tab.closed.find()).code).toBe(CLOSE.unauthenticated.code)
    const { kernel } = await house.opened(house.owner, mine.tab)
    await mine.kernel(kernel).texts.find(({ op }) => op === 'kernel-ready')
    mine.drop()
  })
})
