// The workspace's key for keyed hashes: made once, kept beside the state, for the gateway alone. Whoever loses it gets other hashes.
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const BYTES = 32

export function workspaceKey(home: string): Uint8Array {
  const path = join(home, 'hash.key')
  try {
    writeFileSync(path, randomBytes(BYTES), { mode: 0o600, flag: 'wx', flush: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const key = readFileSync(path)
  if (key.length !== BYTES) throw new Error(`${path} does not hold ${BYTES} bytes. Restore it from a backup.`)
  return key
}
