import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exceptionIn, kernelsFolder, makeHome, noteHolder, wipeLeftovers } from './homes.ts'
import { processStart } from './processes.ts'
import { folderBytes, namelessBytes, writtenBytes } from './scratch.ts'
import { UidPool } from './uids.ts'

let root: string
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'homes-'))
})
afterEach(() => fs.rmSync(root, { recursive: true, force: true }))

const base = { id: 'k_one0000000', notebook: 'n_one0000000', layout: undefined, uid: null, enclosed: true, shown: true }
const make = (source: string | Buffer, more: object = {}) => makeHome({ root, ...base, source: Buffer.from(source), ...more })

describe('a kernel’s folder', () => {
  it('holds the source byte for byte, and is nobody else’s', () => {
    const odd = Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x80])
    const { home, folder } = make(odd)
    expect(fs.readFileSync(path.join(home, 'notebook.py'))).toEqual(odd)
    for (const name of [home, folder, kernelsFolder(root)]) expect(fs.statSync(name).mode & 0o777).toBe(0o700)
    expect(fs.statSync(path.join(home, 'notebook.py')).mode & 0o777).toBe(0o600)
  })

  it('is never one that is there already, and no link is written through', () => {
    fs.mkdirSync(kernelsFolder(root))
    fs.symlinkSync(os.tmpdir(), path.join(kernelsFolder(root), base.id))
    expect(() => make('x')).toThrow(/EEXIST/)
  })

  it.each([
    ['app = marimo.App(layout_file="layouts/mine.slides.json")', 'mine.slides.json'],
    ['app = marimo.App()', 'notebook.grid.json'],
    ['app = marimo.App(layout_file="layouts/../../../etc/x.json")', 'notebook.grid.json'],
    ['app = marimo.App(layout_file="/etc/x.json")', 'notebook.grid.json'],
  ])('takes its layout where the source says: %s', (source, name) => {
    const { home } = make(source, { layout: '{"type":"grid"}' })
    expect(fs.readdirSync(path.join(home, 'layouts'))).toEqual([name])
  })

  it.skipIf(process.getuid?.() !== 0)('belongs to the kernel’s uid', () => {
    const { home, folder } = make('x', { uid: 61_500 })
    expect(fs.statSync(home).uid).toBe(61_500)
    expect(fs.statSync(path.join(home, 'notebook.py')).uid).toBe(61_500)
    expect(fs.statSync(folder).uid).toBe(0)
  })

  it('shows the notebook’s files where no sandbox binds them, and is wiped without them', async () => {
    const { home, files } = make('x', { enclosed: false })
    fs.writeFileSync(path.join(files, 'table.csv'), 'a,b')
    expect(fs.readFileSync(path.join(home, 'files', 'table.csv'), 'utf8')).toBe('a,b')
    await wipeLeftovers(root)
    expect(fs.readdirSync(files)).toEqual(['table.csv'])
  })

  it.each([true, false])('has an empty folder in sight where the notebook’s files are not for it; enclosed: %s', (enclosed) => {
    const uploads = path.join(root, 'uploads', base.notebook)
    fs.mkdirSync(uploads, { recursive: true })
    fs.writeFileSync(path.join(uploads, 'table.csv'), 'a,b')
    const { files, home, folder } = make('x', { enclosed, shown: false })
    expect([fs.readdirSync(files), fs.readdirSync(path.join(home, 'files'))]).toEqual([[], []])
    expect(files.startsWith(`${folder}/`)).toBe(true)
  })

  it.skipIf(process.getuid?.() !== 0)(
    'is measured and wiped without opening a device that stands where the notebook did',
    async () => {
      const { home } = make('x')
      const file = path.join(home, 'notebook.py')
      fs.rmSync(file)
      execFileSync('mknod', [file, 'c', '240', '0']) // nobody drives it: to open it fails
      expect(() => fs.openSync(file, 'r')).toThrow()
      expect(await folderBytes(home)).toBeLessThan(100_000)
      expect(await wipeLeftovers(root)).toEqual({ wiped: 1, kept: 0 })
    },
  )

  it('left by a killed runner is wiped, and a number that is another process now is spared', async () => {
    const { folder } = make('x')
    noteHolder(folder, process.pid)
    const note = fs.readFileSync(path.join(folder, 'holder'), 'utf8')
    expect(note).toBe(`${process.pid} ${processStart(process.pid)}`)
    fs.writeFileSync(path.join(folder, 'holder'), `${process.pid} 1`)
    expect(await wipeLeftovers(root)).toEqual({ wiped: 1, kept: 0 })
    expect(fs.readdirSync(kernelsFolder(root))).toEqual([])
    expect(await wipeLeftovers(root)).toEqual({ wiped: 0, kept: 0 })
  })

  it('is wiped only once the process that kept it is gone, whatever stands in it; no link is followed', async () => {
    const { folder, home } = make('x')
    const holder = spawn('sleep', ['600'], { stdio: 'ignore' })
    noteHolder(folder, holder.pid ?? 0)
    const outside = path.join(root, 'outside')
    fs.mkdirSync(outside)
    fs.writeFileSync(path.join(outside, 'kept'), '')
    fs.symlinkSync(outside, path.join(home, 'link'))
    fs.mkdirSync(Buffer.concat([Buffer.from(`${home}/`), Buffer.from([0xff, 0xfe])]))
    fs.writeFileSync(Buffer.concat([Buffer.from(`${home}/`), Buffer.from([0xff, 0xfe]), Buffer.from('/in')]), '')
    expect(await wipeLeftovers(root)).toEqual({ wiped: 1, kept: 0 })
    expect(processStart(holder.pid ?? 0)).toBe('')
    expect(fs.readdirSync(outside)).toEqual(['kept'])
    expect(fs.readdirSync(kernelsFolder(root))).toEqual([])
  })
})

describe('the log of a start', () => {
  it.each([
    ['Traceback (most recent call last):\n  File "x", line 1\nValueError: secret 42\n', 'ValueError'],
    ['Traceback …\nmarimo._errors.Bad\n', 'marimo._errors.Bad'],
    ['a warning that somebody printed\n', null],
    ['', null],
  ])('gives the type of an exception and no more', (text, type) => {
    const { log } = make('x')
    expect(exceptionIn(log)).toBeNull()
    fs.writeFileSync(log, text)
    expect(exceptionIn(log)).toBe(type)
  })
})

describe('scratch', () => {
  it('counts what is on the disk, follows no link, and what is beyond its bound is over any limit', async () => {
    const { home } = make('x')
    const before = await folderBytes(home)
    fs.mkdirSync(path.join(home, 'a', 'b'), { recursive: true })
    fs.writeFileSync(path.join(home, 'a', 'b', 'c'), Buffer.alloc(1_000_000))
    fs.symlinkSync('/usr', path.join(home, 'usr'))
    const after = await folderBytes(home)
    expect(after - before).toBeGreaterThanOrEqual(1_000_000)
    expect(after - before).toBeLessThan(1_100_000)
    expect(await folderBytes(home, 1)).toBe(Number.POSITIVE_INFINITY)
  })

  it('counts files whose names are no text, and calls a tree too deep that no path could name', async () => {
    const { home } = make('x')
    const before = await folderBytes(home)
    fs.writeFileSync(Buffer.concat([Buffer.from(`${home}/`), Buffer.from([0xff, 0xfe])]), Buffer.alloc(1_000_000))
    expect((await folderBytes(home)) - before).toBeGreaterThanOrEqual(1_000_000)
    fs.mkdirSync(path.join(home, ...Array.from({ length: 70 }, () => 'd')), { recursive: true })
    expect(await folderBytes(home)).toBe(Number.POSITIVE_INFINITY)
  })

  it.skipIf(process.platform !== 'linux')('counts a file that is open and has no name, once, and what was written', async () => {
    const { home } = make('x')
    const before = await writtenBytes([process.pid])
    const fds = ['w', 'r'].map((flags) => fs.openSync(path.join(home, 'gone'), flags))
    fs.writeSync(fds[0] ?? 0, Buffer.alloc(1_000_000))
    expect(await namelessBytes([process.pid], home)).toBe(0)
    fs.unlinkSync(path.join(home, 'gone'))
    const nameless = await namelessBytes([process.pid], home)
    expect(nameless).toBeGreaterThanOrEqual(1_000_000)
    expect(nameless).toBeLessThan(1_100_000)
    expect(await namelessBytes([process.pid], home, 1)).toBe(Number.POSITIVE_INFINITY)
    expect((await writtenBytes([process.pid])) - before).toBeGreaterThanOrEqual(1_000_000)
    for (const fd of fds) fs.closeSync(fd)
    expect(await namelessBytes([process.pid], home)).toBe(0)
  })

  it('of a folder that is gone is nothing', async () => {
    expect(await folderBytes(path.join(root, 'none'))).toBe(0)
  })
})

describe('user ids', () => {
  it('are given once, pass over those in use, and come back only when nothing of them is left', () => {
    const inUse = new Set([61_001])
    const pool = new UidPool(() => inUse, 61_000)
    expect([pool.take(), pool.take()]).toEqual([61_000, 61_002])
    inUse.add(61_000)
    expect(pool.giveBack(61_000)).toBe(false)
    inUse.delete(61_000)
    expect(pool.giveBack(61_000)).toBe(true)
    inUse.add(61_002)
    expect(pool.giveBack(61_002)).toBe(false)
    const all = () => Array.from({ length: 1000 }, () => pool.take())
    expect(all()).not.toContain(61_002)
    inUse.delete(61_002)
    expect(pool.take()).toBe(61_002) // what was left of it has gone meanwhile
  })

  it('run out', () => {
    const pool = new UidPool(() => new Set())
    const taken = Array.from({ length: 1001 }, () => pool.take())
    expect(new Set(taken).size).toBe(1001)
    expect(taken.at(-1)).toBeNull()
  })
})
