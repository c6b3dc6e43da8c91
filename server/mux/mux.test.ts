// Over real sockets: a real gateway, a real `ws` client, and the runner on fake kernels as a process of its own.
import { describe, expect, test } from 'vitest'
import { send } from '../testing.ts'
import { KernelTab } from './testing/browser.ts'
import { House, NOTEBOOK, refusalOf, until } from './testing/house.ts'

const house = House.forTests()

async function refusedCommands(): Promise<Map<string, number>> {
  const text = String((await send(house.origin, 'GET /metrics')).body)
  const lines = text.matchAll(/^scrydon_commands_refused_total\{(.*)\} (\d+)$/gm)
  return new Map([...lines].map(([, labels = '', count]) => [labels, Number(count)]))
}

describe('the way of a person', () => {
  test('opens, runs, sees the output, saves, and the version is committed', async () => {
    const { tab, channel, notebook } = await house.liveKernel()
    tab.openEvents()
    const ran = await channel.ask('/api/kernel/run', { cellIds: ['Hbol'], codes: ['1 + 1'] })
    expect(ran.head.status).toBe(200)
    await channel.texts.find((text) => text.op === 'cell-op' && JSON.stringify(text).includes('1 + 1'), 'the output')
    const changed = NOTEBOOK.replace('x = 1', 'x = 2')
    const saved = await channel.ask('/api/kernel/save', {
      cellIds: ['a'],
      codes: [changed],
      names: ['_'],
      configs: [{}],
      filename: 'other.py',
      layout: null,
    })
    expect(saved.head.status).toBe(200)
    const stored = (await house.owner.call(`GET /api/notebooks/${notebook}/source`)).body as { source: string }
    expect(stored.source).toBe(changed)
    await tab.events.find(({ type }) => type === 'saved', 'the saved event')
    expect(channel.sequences).toEqual(channel.sequences.map((_, index) => index + 1))
    tab.drop()
  })

  test('a save that is no notebook is refused to the browser and to the person, and nothing is stored', async () => {
    const { tab, channel, notebook } = await house.liveKernel()
    tab.openEvents()
    const saved = await channel.ask('/api/kernel/save', {
      cellIds: ['a'],
      codes: ['x = ('],
      names: ['_'],
      configs: [{}],
      filename: 'x',
      layout: null,
    })
    expect([saved.head.status, refusalOf(saved.body)]).toEqual([409, 'broken-source'])
    await tab.events.find(({ type }) => type === 'save-refused', 'the save-refused event')
    expect(((await house.owner.call(`GET /api/notebooks/${notebook}/source`)).body as { source: string }).source).toBe(NOTEBOOK)
    tab.drop()
  })

  test('a refused command is answered twice the same: at once, and in the stream', async () => {
    const { tab, channel } = await house.liveKernel()
    const sequence = channel.send('/api/kernel/shutdown')
    const atOnce = await channel.answers.find(({ head, sequence: at }) => head.request === sequence && at === 0, 'the refusal')
    expect([atOnce.head.status, refusalOf(atOnce.body)]).toEqual([403, 'use-the-shell'])
    const inStream = await channel.answers.find(
      ({ head, sequence: at }) => head.request === sequence && at !== 0,
      'the answer in the stream',
    )
    expect(inStream.head.status).toBe(403)
    expect((await channel.ask('/api/kernel/run', { cellIds: ['Hbol'], codes: ['after'] })).head.status).toBe(200)
    expect(house.gateway.log.some((line) => line.includes('command refused') && line.includes('POST /api/kernel/shutdown'))).toBe(
      true,
    )
    tab.drop()
  })

  test('every refused command is counted by mode, code and route, and never under a name that a page chose', async () => {
    const { tab, channel } = await house.liveKernel(house.owner, 'run')
    const before = await refusedCommands()
    for (let n = 0; n < 3; n += 1) await channel.ask('/api/kernel/run', { cellIds: ['x'], codes: ['1'] })
    await channel.ask('/api/kernel/run?code=secret')
    for (const path of ['/api/made/up', '/__proto__', '/toString']) await channel.ask(path)
    const grown = [...(await refusedCommands())].map(([labels, count]) => [labels, count - (before.get(labels) ?? 0)])
    expect(grown.filter(([, by]) => by !== 0)).toEqual([
      ['mode="run",code="read-only-view",route="POST /api/kernel/run"', 4],
      ['mode="run",code="not-offered",route="unknown"', 3],
    ])
    tab.drop()
  })

  test('a reader interacts and cannot run', async () => {
    const { tab, channel } = await house.liveKernel(house.owner, 'run')
    expect((await channel.ask('/api/kernel/set_ui_element_value', { objectIds: [], values: [] })).head.status).toBe(200)
    const refused = await channel.ask('/api/kernel/run', { cellIds: ['x'], codes: ['secret()'] })
    expect([refused.head.status, refusalOf(refused.body)]).toEqual([403, 'read-only-view'])
    expect(house.gateway.log.some((line) => line.includes('secret()'))).toBe(false)
    tab.drop()
  })
})

describe('coming back', () => {
  test('the same tab resumes without gap or duplicate', async () => {
    const { tab, kernel, channel } = await house.liveKernel()
    await channel.ask('/api/kernel/run', { cellIds: ['Hbol'], codes: ['before'] })
    const point = channel.resumePoint
    tab.drop()
    const again = await house.signedTab(house.owner, tab.resume)
    expect(again.tab).toBe(tab.tab)
    const back = again.kernel(kernel, point)
    const how = await back.opened.find()
    expect(how).toMatchObject({ resumed: true, stream: point.stream, next: point.received + 1 })
    await back.ask('/api/kernel/run', { cellIds: ['Hbol'], codes: ['after'] })
    expect(back.sequences).toEqual(back.sequences.map((_, index) => point.received + 1 + index))
    expect(back.texts.seen.some(({ op }) => op === 'kernel-ready')).toBe(false)
    again.drop()
  })

  test('a resume token works once, and only for its person', async () => {
    const first = await house.signedTab()
    const second = await house.signedTab(house.owner, first.resume)
    const replayed = await house.signedTab(house.owner, first.resume)
    const stranger = await house.signedTab(await house.signIn('demo-colleague'), second.resume)
    expect(second.tab).toBe(first.tab)
    expect(replayed.tab).not.toBe(first.tab)
    expect(stranger.tab).not.toBe(first.tab)
    for (const tab of [first, second, replayed, stranger]) tab.drop()
  })

  test('a resume token works only in the sign-in it was made for', async () => {
    const first = await house.signedTab()
    const elsewhere = await house.signedTab(await house.signIn('demo-owner'), first.resume)
    const back = await house.signedTab(house.owner, first.resume)
    expect(new Set([first, elsewhere, back].map(({ tab }) => tab)).size).toBe(3)
    for (const tab of [first, elsewhere, back]) tab.drop()
  })

  test('a second tab takes the kernel, and the first is told so', async () => {
    const { tab, kernel, notebook, channel } = await house.liveKernel()
    const other = await house.signedTab()
    expect((await house.openAgain(house.owner, other.tab, notebook)).kernel).toBe(kernel)
    const taken = other.kernel(kernel)
    await taken.texts.find(({ op }) => op === 'kernel-ready', 'kernel-ready in the second tab')
    expect((await channel.ended.find()).reason).toBe('moved')
    tab.drop()
    other.drop()
  })
})

describe('a gateway that comes back', () => {
  test('stops what nobody may keep, before it offers a link', async () => {
    const { tab, kernel, channel } = await house.liveKernel()
    const judged: string[] = []
    const next = house.newLive()
    next.begin(
      async ({ spec }) => {
        expect(next.link()).toBeNull()
        judged.push(spec.id)
        return spec.id === kernel ? 'revoked' : null
      },
      async () => '',
    )
    await until(() => next.link() !== null, 'the second connection')
    expect(judged).toContain(kernel)
    await until(() => next.get(kernel)?.phase.phase === 'exited', 'its end')
    expect(next.get(kernel)?.phase).toMatchObject({ phase: 'exited', cause: 'revoked' })
    expect((await channel.ended.find()).reason).toBe('revoked')
    next.close()
    tab.drop()
  })
})

describe('the runner goes away', () => {
  test('its kernels are said to be gone, and a new runner starts new ones', async () => {
    const { tab, kernel, notebook, channel } = await house.liveKernel()
    tab.openEvents()
    await house.runner.kill()
    expect((await channel.ended.find()).reason).toBe('goingAway')
    await tab.events.find(
      (event) => event.type === 'phase' && event.kernel === kernel && event.phase.phase === 'exited',
      'the end of the kernel',
    )
    await house.restartRunner()
    const again = await house.openAgain(house.owner, tab.tab, notebook)
    expect(again.kernel).not.toBe(kernel)
    await new KernelTab(tab.link, again.kernel).texts.find(({ op }) => op === 'kernel-ready')
    tab.drop()
  })
})
