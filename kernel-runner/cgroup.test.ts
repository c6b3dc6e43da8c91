import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { field, inUse, membership, mounts, openCgroups } from './cgroup.ts'

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

test.each([
  [100, 30, 70],
  [100, 100, 0],
  [100, 130, 0],
])('%i bytes with %i of files are %i', (usage, files, used) => expect(inUse(usage, files)).toBe(used))

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

  test('what a killed runner left is gone at the next start, what a live one has is not', async () => {
    const group = cgroups.create('alive', { memory: 2 ** 27, processes: 8, cpuShare: 1 })
    const mine = dirname(dirname(group.procs[0] ?? ''))
    const dead = join(dirname(mine), `scrydon-${4 ** 12}-killed`)
    mkdirSync(join(dead, 'kernel'), { recursive: true })
    await openCgroups(`next-${process.pid}`).remove()
    expect([existsSync(dead), existsSync(mine)]).toEqual([false, true])
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
