// Set-up as a list of steps, and the sentences that no start of this machine can be made to say.
import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { announcement } from './lib/announce.mjs'
import { needDisk, onState } from './lib/disk.mjs'
import { needLinux } from './lib/host.mjs'
import { StepError } from './lib/run.mjs'
import { perform } from './lib/steps.mjs'
import { setup } from './setup.mjs'

let said: string[]
beforeEach(() => {
  said = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line))
})
afterEach(() => void vi.restoreAllMocks())

function step(name: string, log: string[], more: object = {}) {
  let done = false
  return {
    name,
    needed: () => (done ? null : 'not there yet'),
    run: async () => {
      done = true
      log.push(name)
    },
    ...more,
  }
}

test('steps run in order, each said with its reason and its time; the second time nothing is to do', async () => {
  const ran: string[] = []
  const steps = [step('one', ran), step('two', ran)]
  expect(await perform(steps)).toBe(2)
  expect(said.map((line) => line.replace(/\d+\.\d/, 'N'))).toEqual([
    '→ one (not there yet)',
    '✓ one: N s',
    '→ two (not there yet)',
    '✓ two: N s',
  ])
  expect(await perform(steps)).toBe(0)
  expect(ran).toEqual(['one', 'two'])
  expect(said).toHaveLength(4)
})

test('the disk that all steps together need is asked for before the first, also where an earlier set-up was cut short', async () => {
  const ran: string[] = []
  const some = 2 ** 30 // MiB
  const steps = [step('half', ran, { disk: some }), step('half', ran, { disk: some })]
  await expect(setup(steps)).rejects.toThrow(/^The set-up needs 2147483648 MiB of free disk and .+ has \d+ MiB\./)
  expect(ran).toEqual([])
})

test('free disk is measured where the folder will be', () => {
  const statfs = vi.fn(() => ({ bavail: 511 * 256, bsize: 4096 }))
  expect(() => needDisk('/proc/self/there/is/none', 512, 'The state folder', statfs)).toThrow(
    'The state folder needs 512 MiB of free disk and /proc/self has 511 MiB. Free some space and start again.',
  )
  expect(statfs).toHaveBeenCalledWith('/proc/self')
  expect(needDisk('/proc/self', 511, 'The state folder', statfs)).toBeUndefined()
})

test('a full disk is said in words', () => {
  expect(() => onState('/state', () => writeFileSync('/dev/full', 'x'))).toThrow(
    'The state folder /state cannot be used: the disk is full. Put that right, or choose another one: SCRYDON_HOME=/other/folder npm start',
  )
})

test.each([
  ['EACCES', 'this user may not write there'],
  ['EROFS', 'its file system is read-only'],
])('%s is said in words', (code, words) => {
  const work = () => {
    throw Object.assign(new Error(code), { code })
  }
  expect(() => onState('/state', work)).toThrow(`The state folder /state cannot be used: ${words}.`)
})

test('a fault of ours is not dressed up as the disk’s', () => {
  const fault = new TypeError('x is not a function')
  const work = () => {
    throw fault
  }
  expect(() => onState('/state', work)).toThrow(fault)
})

test('elsewhere than on Linux, where kernels cannot run, that is said at once', () => {
  expect(() => needLinux('darwin')).toThrow(StepError)
  expect(() => needLinux('darwin')).toThrow('cannot run on macOS. On Windows use WSL, on macOS a Linux virtual machine.')
  expect(needLinux('linux')).toBeUndefined()
})

const CONFIG = { port: 4000, home: '/state', insecure: false, examples: '/examples' }
const state = (level: number, why: string[] = []) => ({
  isolation: { level, why },
  versions: { scrydon: '0.1.0', marimo: '0.25.2', python: '3.12.1', node: '24.1.0' },
})

test('what runs is announced', () => {
  expect(announcement(CONFIG, state(3), { made: 9, skipped: [] })).toEqual([
    '',
    'Scrydon Notebooks 0.1.0 is at http://localhost:4000',
    '  marimo 0.25.2, Python 3.12.1, Node 24.1.0; state in /state',
    '  9 example notebooks from /examples',
    '  isolation level 3 of 3, proven at start',
    '  Ctrl+C stops it.',
  ])
})

test('examples are spoken of only when they were planted; what was skipped is named, a long list cut', () => {
  const about = (seeded: object | null) => announcement(CONFIG, state(3), seeded).slice(3, -2)
  expect(about(null)).toEqual([])
  expect(about({ made: 0, skipped: [] })).toEqual(['  the workspace starts empty: /examples holds no .py notebook'])
  expect(about({ made: 1, skipped: [{ file: 'a.py', code: 'not-utf8' }] })).toEqual([
    '  1 example notebooks from /examples; 1 skipped:',
    '    a.py: not-utf8',
  ])
  const many = about({ made: 1, skipped: Array.from({ length: 12 }, (_, at) => ({ file: `${at}.py`, code: 'not-utf8' })) })
  expect(many.slice(-2)).toEqual(['    9.py: not-utf8', "    and 2 more, named in the gateway's log"])
})

test('below level 2: what is missing, once, who may enter, and what is off whatever was waived', () => {
  const about = (insecure: boolean) => announcement({ ...CONFIG, insecure }, state(1, ['Install x.']), null).slice(3, -1)
  const off =
    '  ! managed tables, the library and language models are off in notebooks: they need level 2. Put right what is said above and start again'
  expect(about(false)).toEqual(['  isolation level 1 of 3', '    Install x.', '  one person at a time may sign in', off])
  expect(about(true).slice(2)).toEqual([
    '  ! several people may sign in although their kernels are not isolated',
    `${off}; --insecure-shared-kernels does not switch them on`,
  ])
})
