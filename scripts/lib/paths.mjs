// Where things stand in a clone. Everything here works before node_modules exists.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
export const at = (...parts) => join(ROOT, ...parts)

export const NODE = at('node_modules/.bin/node') // Node 24, whatever the host has
export const PYTHON = at('.venv/bin/python')
export const UV = at('.tools/bin/uv')
export const LOCK = at('python/requirements.lock')
export const CHANGED = at('.venv/changed') // touched when packages were added: a running kernel runner looks at it
export const EXTRA_LOCK = at('python/requirements.extra.lock')

export function exists(path) {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

export function isFolder(path) {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** One hash over files and folders (names and contents); what is absent counts as absent. */
export function fingerprint(...paths) {
  const hash = createHash('sha256')
  for (const path of paths) add(hash, path)
  return hash.digest('hex')
}

function add(hash, path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  hash.update(`${path}\0${stat === undefined ? 'absent' : ''}\0`)
  if (stat?.isFile()) hash.update(readFileSync(path))
  if (!stat?.isDirectory()) return
  for (const name of readdirSync(path).sort()) if (!name.startsWith('.') && name !== '__pycache__') add(hash, join(path, name))
}

const STAMPS = at('.tools/stamps')

/** Why `outputs` must be made again from `inputs`: null when they stand and were made from exactly these. */
export function outdated(id, inputs, outputs) {
  const missing = outputs.find((path) => !exists(path))
  if (missing !== undefined) return 'not there yet'
  const stamp = join(STAMPS, id)
  return exists(stamp) && readFileSync(stamp, 'utf8') === fingerprint(...inputs) ? null : 'its inputs changed'
}

/** Was this made to the end, from whatever inputs? */
export const stamped = (id) => exists(join(STAMPS, id))

export function stamp(id, inputs) {
  mkdirSync(STAMPS, { recursive: true })
  writeFileSync(join(STAMPS, id), fingerprint(...inputs))
}
