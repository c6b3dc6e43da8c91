// The models that come with the product, brought into the workspace once.
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../log.ts'
import type { Store } from '../seams/store.ts'

const PLANTED = 'models planted'
const MODEL = /\.(onnx|json)$/

type Given = { readonly store: Store; readonly log: Log; readonly now: () => number }

export async function plantModels({ store, log, now }: Given, { home, models }: { home: string; models: string }): Promise<void> {
  if (await store.done(PLANTED)) return
  const files = (await readdir(models).catch(() => [])).filter((name) => MODEL.test(name))
  if (files.length === 0) return // not done: a later start may find some
  await mkdir(join(home, 'models'), { recursive: true })
  for (const name of files) await copyFile(join(models, name), join(home, 'models', name))
  await store.markDone(PLANTED, now())
  log.info({ models: files.length / 2 }, 'models planted')
}
