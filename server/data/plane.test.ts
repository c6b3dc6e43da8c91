// The client of the data plane against the real one.
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clock } from '../clock.ts'
import { makeLog } from '../log.ts'
import type { DataPlane, Done, Plan } from '../seams/dataPlane.ts'
import { dataPlane } from './plane.ts'
import { PlaneProcess, usedDialect } from './testing/plane.ts'

const DEADLINE = 10_000
const PLAN: Plan = {
  id: 'q_first',
  kernel: 'k_one',
  sql: 'SELECT "country" FROM compliance_authorities WHERE "country" = CAST($1 AS VARCHAR)',
  parameters: [{ type: 'text', value: 'AT' }],
  life: 5,
  seconds: 10,
  rows: null,
  size: 1_000_000,
  policy: 7,
  rights: 1,
  about: ['table compliance_authorities'],
}

const process_ = new PlaneProcess()
let plane: DataPlane
let ready = 0
const done_: Done[] = []
const epochs = [7] // as they are asked for; the last stays

beforeAll(async () => {
  await process_.start()
  plane = dataPlane({ socket: process_.socket, clock, log: makeLog('silent') })
  expect(await plane.plan(PLAN)).toBe('absent') // not begun yet
  await new Promise<void>((done) => {
    const met = () => {
      ready += 1
      done()
    }
    plane.begin(async () => (epochs.length > 1 ? epochs.shift() : epochs[0]) ?? 0, {
      ready: met,
      done: (ended) => void done_.push(ended),
    })
  })
}, 60_000)
afterAll(async () => {
  plane.close()
  await process_.end()
})

/** Everything a door answers to one plan. */
function present(door: string, plan: string): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(door, () => socket.write(`${plan}\n`))
    const parts: Buffer[] = []
    socket.on('data', (part) => parts.push(part))
    socket.on('end', () => done(Buffer.concat(parts).toString('latin1')))
    socket.on('error', fail)
  })
}

test('it has the tables it came with, each column of a type that policies speak of', async () => {
  const tables = await plane.tables()
  expect(Object.keys(tables ?? {})).toEqual(['airlines', 'airports', 'compliance_authorities', 'flights', 'planes', 'weather'])
  expect(tables?.compliance_authorities).toContainEqual(['email', 'text'])
})

test('it says what its engine speaks, and whether that takes writes', () => {
  expect(plane.dialect()).toBe(usedDialect())
  expect(plane.writes()).toBe(true)
})

test('one that speaks what is not known here is asked nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plane-'))
  const asked: string[] = []
  const left = Promise.withResolvers<void>()
  const stranger = createServer((socket) => {
    createInterface({ input: socket }).on('line', (line) => {
      asked.push(JSON.parse(line).op)
      socket.write('{"ok": true, "engine": "oracle", "writes": true}\n')
    })
    socket.once('close', left.resolve)
  })
  const path = join(folder, 'data.sock')
  await new Promise<void>((done) => stranger.listen(path, done))
  const client = dataPlane({ socket: path, clock, log: makeLog('silent') })
  client.begin(async () => 7, { ready: () => void asked.push('ready'), lost: () => void asked.push('lost'), done: () => {} })
  await left.promise
  expect([client.dialect(), client.writes()]).toEqual([null, false])
  expect(await client.plan(PLAN)).toBe('absent')
  expect(await client.ask({ sql: 'SELECT 1', parameters: [] }, 1)).toEqual({ type: 'absent' })
  client.close()
  expect(new Set(asked)).toEqual(new Set(['epochs']))
  await new Promise((done) => stranger.close(done))
  rmSync(folder, { recursive: true })
})

test('a few rows for the gateway itself', async () => {
  const asked = await plane.ask({ sql: 'SELECT count(*) FROM flights', parameters: [] }, 10)
  expect(asked).toEqual({ type: 'rows', rows: [[336_776]] })
  expect(await plane.ask({ sql: 'SELECT nothing', parameters: [] }, 10)).toEqual({ type: 'failed' })
})

test('what takes its time keeps nothing else waiting, however often it is asked', async () => {
  const pairs = 'generate_series(1, 100000) a(i), generate_series(1, 100000) b(j)' // in both engines
  const slow = { sql: `SELECT count(*) FROM ${pairs} WHERE (i + j) % 7 = 8`, parameters: [] }
  const asked = Array.from({ length: 6 }, () => plane.ask(slow, 6)) // more than are asked at once
  let answered = 0
  for (const one of asked) void one.then(() => ++answered)
  expect(await plane.tables()).not.toBeNull()
  expect(await plane.open('k_one', process_.doorOf('k_one'), 1)).toBe('taken')
  expect(answered).toBe(0)
  expect(await Promise.all(asked)).toEqual(asked.map(() => ({ type: 'failed' })))
  expect(await plane.ask({ sql: 'SELECT 1', parameters: [] }, 10)).toEqual({ type: 'rows', rows: [[1]] })
}, 60_000)

test('a plan runs once, at the door of its kernel; a changed policy ends those that wait', async () => {
  const door = process_.doorOf('k_one')
  expect(await plane.open('k_one', door, 1)).toBe('taken')
  expect(await plane.plan(PLAN)).toBe('taken')
  expect(await present(door, PLAN.id)).toContain('{"rows": 1}')
  expect(await present(door, PLAN.id)).toContain('unknown-plan')
  await expect.poll(() => done_).toEqual([{ plan: PLAN.id, rows: 1, end: 'complete' }])
  await plane.plan({ ...PLAN, id: 'q_second' })
  plane.policy(8)
  expect(await plane.tables()).not.toBeNull() // after the change
  expect(await present(door, 'q_second')).toContain('revoked')
})

test('killed, it is absent; back, it is met anew and knows no kernel', async () => {
  const door = process_.doorOf('k_two')
  await plane.open('k_two', door, 1)
  await process_.kill()
  await expect.poll(() => plane.dialect()).toBeNull()
  expect(await plane.plan(PLAN)).toBe('absent')
  expect(await plane.tables()).toBeNull()
  epochs.splice(0, 1, 8, 9) // an edit while it is greeted
  await process_.start()
  await expect.poll(() => ready, { timeout: DEADLINE }).toBe(2)
  await expect(present(door, PLAN.id)).rejects.toThrow(/ECONNREFUSED/)
  expect(await plane.open('k_two', door, 1)).toBe('taken')
  for (const policy of [8, 9])
    expect(await plane.plan({ ...PLAN, kernel: 'k_two', id: `q_under-${policy}`, policy })).toBe('taken')
  expect(await present(door, 'q_under-8')).toContain('revoked')
  expect(await present(door, 'q_under-9')).toContain('{"rows": 1}')
})
