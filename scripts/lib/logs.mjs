// The logs of the programs under SCRYDON_HOME/logs: appended to by the programs themselves, kept small by whoever starts them.
import { copyFileSync, mkdirSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

const LARGEST = 10 * 2 ** 20

const folder = (home) => join(home, 'logs')
const pathOf = (home, name) => join(folder(home), `${name}.log`)

/** A descriptor to append to, or 'inherit' where the operator wants the lines on stdout. */
export function openLog(home, name) {
  if (process.env.SCRYDON_LOG === 'stdout') return 'inherit'
  mkdirSync(folder(home), { recursive: true, mode: 0o700 })
  rotate(home, name)
  return openSync(pathOf(home, name), 'a', 0o600)
}

/** Copied aside and emptied: the program goes on appending to the same file. Lines of the moment in between are lost. */
export function rotate(home, name, largest = LARGEST) {
  const path = pathOf(home, name)
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= largest) return
  copyFileSync(path, `${path}.1`)
  truncateSync(path)
}

export function lastLines(home, name) {
  try {
    return readFileSync(pathOf(home, name), 'utf8').trimEnd().split('\n').slice(-5).join('\n')
  } catch {
    return ''
  }
}
