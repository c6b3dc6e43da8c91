// Programs that end: started again, later each time, or given up where starting again would not help; stopped in reverse order.
import { afterEach, expect, test } from 'vitest'
import { supervise } from './lib/supervise.mjs'

type Program = { name: string; args: string[] }
const program = (name: string, code: string): Program => ({ name, args: [process.execPath, '-e', code] })
const FOREVER = 'setInterval(() => {}, 1000)'
let running: { stop(): Promise<void> } | null = null
afterEach(async () => running?.stop())

/** What the supervisor tells, as it tells it. */
function watch(programs: Program[]) {
  const told: string[] = []
  const waiting = new Set<() => void>()
  const tell = (what: string) => {
    told.push(what)
    for (const look of waiting) look()
  }
  const pids: { name: string; pid: number }[][] = []
  running = supervise(programs, () => ({ stdio: 'ignore' }), {
    started: (list: { name: string; pid: number }[]) => {
      pids.push(list)
      tell(`started ${list.map(({ name }) => name).join(' and ')}`)
    },
    said: tell,
    gaveUp: (name: string) => tell(`gave up ${name}`),
  })
  const until = (what: string) =>
    new Promise<void>((done) => {
      const look = () => told.includes(what) && done()
      waiting.add(look)
      look()
    })
  return { told, pids, until }
}

test('what ends by a fault is started again, each time after twice as long', async () => {
  const { until } = watch([program('gateway', 'process.exit(3)')])
  await until('The gateway ended (code 3); starting it again in 0.5 s.')
  await until('The gateway ended (code 3); starting it again in 1 s.')
  await until('The gateway ended (code 3); starting it again in 2 s.')
})

test('what says 78 is given up, and the others go on', async () => {
  const { told, pids, until } = watch([program('runner', FOREVER), program('gateway', 'process.exit(78)')])
  await until('gave up gateway')
  expect(told).toEqual(['started runner', 'started runner and gateway', 'gave up gateway'])
  const runner = pids[0]?.[0]?.pid as number
  expect(() => process.kill(runner, 0)).not.toThrow()
})

test('a signal is named; a stop ends all by their pids and starts nothing again', async () => {
  const { told, pids, until } = watch([program('runner', FOREVER), program('gateway', FOREVER)])
  const [runner, gateway] = (pids[1] ?? []).map(({ pid }) => pid) as [number, number]
  process.kill(gateway, 'SIGKILL')
  await until('The gateway ended (SIGKILL); starting it again in 0.5 s.')
  await running?.stop()
  expect(() => process.kill(runner, 0)).toThrow('ESRCH')
  expect(told.filter((line) => line.startsWith('started'))).toHaveLength(2)
})
