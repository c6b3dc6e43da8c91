// The demo workspace's library, planted once: each Markdown file of a folder, classified by its first line, as the owner's.
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DOCUMENTS } from '#protocol/limits.ts'
import { Label } from '#protocol/policy/label.ts'
import type { Log } from '../log.ts'
import type { Store } from '../seams/store.ts'
import { passagesOf, titleOf } from './passages.ts'

const PLANTED = 'library planted'
const CLASSIFIED = /^<!-- classification: ([a-z]+)((?: [A-Z0-9-]+)*) -->\n/

type Given = { readonly store: Store; readonly log: Log; readonly now: () => number }

export async function plantLibrary({ store, log, now }: Given, owner: string | undefined, folder: string): Promise<void> {
  if (owner === undefined || (await store.done(PLANTED))) return
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.md')).sort()
  if (files.length === 0) return // not done: a later start may find some
  for (const name of files) await plant(store, owner, join(folder, name), now())
  await store.markDone(PLANTED, now())
  log.info({ documents: files.length }, 'library planted')
}

/** By an id of its own, so that a start that was cut short plants none twice. */
async function plant({ knowledge }: Store, owner: string, path: string, at: number): Promise<void> {
  const whole = await readFile(path, 'utf8')
  const [line = '', level, markings = ''] = CLASSIFIED.exec(whole) ?? []
  const label = Label.safeParse({ level, markings: markings.split(' ').filter((marking) => marking !== '') }).data
  if (label === undefined) throw new Error(`${path} does not begin with its classification`)
  const source = basename(path)
  const id = `d_demo-${basename(path, '.md')}`.slice(0, 42)
  if ((await knowledge.document(id, label)) !== null) return
  const text = whole.slice(line.length)
  const bytes = Buffer.byteLength(whole)
  if (bytes > DOCUMENTS.text) throw new Error(`${path} is too long for the library`)
  await knowledge.add({ id, title: titleOf(text) ?? source, source, label, by: owner, at, bytes }, passagesOf(text, 'markdown'))
}
