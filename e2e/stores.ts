// Every place of this machine in which a mark could have been left: files with their names and where they point, and the database, value by value.
import { spawnSync } from 'node:child_process'
import { type Dirent, existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Search } from './needles.ts'
import { ROOT } from './stack.ts'

export type Held = { readonly path: string; readonly forms: readonly string[] }
/** `label`: of the row, where rows of that table have one. */
export type HeldRow = { readonly where: string; readonly label: string | null; readonly forms: readonly string[] }

export function filesWith(folder: string, search: Search): Held[] {
  return below(folder).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name)
    return held(path, path.slice(folder.length + 1), entry, search)
  })
}

/** All below a folder; what goes meanwhile, with its kernel, is passed over. */
export function below(folder: string): Dirent[] {
  return listed(folder).flatMap((entry) => [entry, ...(entry.isDirectory() ? below(join(folder, entry.name)) : [])])
}

function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

type Entry = { isFile(): boolean; isSymbolicLink(): boolean }

function held(path: string, name: string, entry: Entry, search: Search): Held[] {
  const forms = [...search(Buffer.from(name)), ...within(path, entry, search)]
  return forms.length === 0 ? [] : [{ path: name, forms: [...new Set(forms)] }]
}

function within(path: string, entry: Entry, search: Search): string[] {
  try {
    if (entry.isSymbolicLink()) return search(Buffer.from(readlinkSync(path)))
    return entry.isFile() ? search(readFileSync(path)) : []
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [] // went away meanwhile
    throw error
  }
}

export function rowsWith(path: string, search: Search): HeldRow[] {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
      .all()
    return tables.flatMap(({ name }) => rowsOf(database, String(name), search))
  } finally {
    database.close()
  }
}

function rowsOf(database: DatabaseSync, table: string, search: Search): HeldRow[] {
  const rows = database.prepare(`SELECT * FROM "${table}"`).all()
  return rows.flatMap((row) =>
    Object.entries(row).flatMap(([column, value]) => {
      const forms = search(value instanceof Uint8Array ? value : Buffer.from(String(value)))
      const label = typeof row.label === 'string' ? row.label : null
      return forms.length === 0 ? [] : [{ where: `${table}.${column}`, label, forms }]
    }),
  )
}

const PLACES = [tmpdir(), '/var/tmp', '/dev/shm', homedir(), ROOT]
const PRUNED = ['node_modules', '.git', 'scry-*'] // what no kernel sees, and the states of other instances; ours is looked at by itself

/** What has changed beside the state since. */
export function elsewhere(since: number, search: Search): Held[] {
  const pruned = PRUNED.flatMap((name) => ['-o', '-name', name])
  const command = ['-xdev', '(', '-false', ...pruned, ')', '-prune', '-o', '-newerct', `@${since / 1000}`, '-printf', '%y %p\\0']
  const places = PLACES.filter((place) => existsSync(place))
  const { stdout } = spawnSync('find', [...places, ...command], { maxBuffer: 64 * 1024 * 1024 }) // what may not be read is told apart, and is nobody's here
  const found = stdout.toString().split('\0').filter(Boolean)
  return [...new Set(found)].flatMap((line) => {
    const [kind, path] = [line[0], line.slice(2)]
    const entry = { isFile: () => kind === 'f', isSymbolicLink: () => kind === 'l' }
    return held(path, path, entry, search)
  })
}
