import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { field, inUse, membership, memoryLeftIn, mounts, openCgroups } from './cgroup.ts'
import { replaceGroups } from './leftovers.ts'

describe('reading the kernel', () => {
  test('where we are in each hierarchy', () => {
    const found = membership('4:memory:/a/b\n3:cpu,cpuacct:/c\n0::/user.slice\n')
    expect(Object.fromEntries(found)).toEqual({ memory: '/a/b', cpu: '/c', cpuacct: '/c', '': '/user.slice' })
  })
  test('where each hierarchy is mounted', () => {
    const text = [
      '30 25 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate',
      '31 25 0:27 /inner /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
      '32 25 0:28 / /proc rw - proc proc rw',
    ].join('\n')
    expect(Object.fromEntries(mounts(text))).toMatchObject({
      '': { at: '/sys/fs/cgroup', root: '/' },
      memory: { at: '/sys/fs/cgroup/memory', root: '/inner' },
    })
    expect(mounts(text).has('proc')).toBe(false)
  })
  test('a field of many', () => {
    expect(field('low 1\noom 2\noom_kill 3\n', 'oom_kill')).toBe(3)
    expect(field('oom_kill_disable 0\n', 'oom_kill')).toBe(0)
  })
})

test('memory in use is never below nothing, though its two numbers are read one after the other', () => {
  expect([inUse(10, 4), inUse(4, 4), inUse(4, 10)]).toEqual([6, 0, 0])
})

test('what is left of a limit that a container was given; no limit, no end', () => {
  const group = mkdtempSync(join(tmpdir(), 'limit-'))
  const put = (name: string, text: string) => writeFileSync(join(group, name), text)
  const left = () => memoryLeftIn(group, 'memory.max', 'memory.current', 'inactive_file')
  expect(left()).toBe(Number.POSITIVE_INFINITY)
  put('memory.current', '700\n')
  put('memory.stat', 'anon 1\ninactive_file 200\n')
  put('memory.max', 'max\n')
  expect(left()).toBe(Number.POSITIVE_INFINITY)
  put('memory.max', '1000\n')
  expect(left()).toBe(500)
  rmSync(group, { recursive: true })
})

const cgroups = openCgroups(`test-${process.pid}`)

describe.skipIf(cgroups.kind === 'none')('a real group', () => {
  afterAll(() => cgroups.remove())

  test('holds a process, counts it, is removed with it', async () => {
    const group = cgroups.create('held', { memory: 2 ** 27, processes: 8, cpuShare: 1 })
    const child = spawn('/bin/sleep', ['60'])
    for (const procs of group.procs) writeFileSync(procs, String(child.pid))
    expect(group.usage()).toMatchObject({ processes: 1 })
    expect(group.oomKills()).toBe(0)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await group.remove()).toBe(true)
    for (const procs of group.procs) expect(existsSync(dirname(procs))).toBe(false)
  })

  test('what a killed runner left is gone at the next start, and what is in use is remembered until it can go', async () => {
    const run = mkdtempSync(join(tmpdir(), 'groups-'))
    const [root = ''] = cgroups.roots
    const [dead, used] = ['dead', 'used'].map((name) => join(dirname(root), `scrydon-test-${process.pid}-${name}`))
    for (const folder of [dead, used]) mkdirSync(join(folder ?? '', 'kernel'), { recursive: true })
    const child = spawn('/bin/sleep', ['60'])
    writeFileSync(join(used ?? '', 'kernel', 'cgroup.procs'), String(child.pid))
    replaceGroups(run, [dead ?? '', used ?? ''])
    replaceGroups(run, [])
    expect([dead, used].map((folder) => existsSync(folder ?? ''))).toEqual([false, true])
    child.kill('SIGKILL')
    await once(child, 'exit')
    replaceGroups(run, [])
    expect(existsSync(used ?? '')).toBe(false)
    rmSync(run, { recursive: true })
  })

  test('gives two processes that want a core each no more than its share of one', async () => {
    const group = cgroups.create('spinning', { memory: 2 ** 27, processes: 8, cpuShare: 0.5 })
    const children = [0, 1].map(() => spawn('/bin/sh', ['-c', 'while :; do :; done']))
    for (const child of children) for (const procs of group.procs) writeFileSync(procs, String(child.pid))
    const used = () => group.usage()?.cpu ?? 0
    const begun = { at: performance.now(), cpu: used() }
    await expect.poll(() => used() - begun.cpu, { timeout: 20_000, interval: 20 }).toBeGreaterThan(800)
    expect((used() - begun.cpu) / (performance.now() - begun.at)).toBeLessThan(0.6)
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(children.map((child) => once(child, 'exit')))
    expect(await group.remove()).toBe(true)
  })

  test('is not removed while a process is in it', async () => {
    const group = cgroups.create('busy', { memory: 2 ** 27, processes: 8, cpuShare: 1 })
    const child = spawn('/bin/sleep', ['60'])
    for (const procs of group.procs) writeFileSync(procs, String(child.pid))
    expect(await group.remove()).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await group.remove()).toBe(true)
  })
})
