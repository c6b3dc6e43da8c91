// The models that come with the product, brought into the workspace once.
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../log.ts'
import type { Store } from '../seams/store.ts'

const PLANTED = 'models planted'

type Given = { readonly store: Store; readonly log: Log; readonly now: () => number }

export async function plantModels({ store, log, now }: Given, { home, models }: { home: string; models: string }): Promise<void> {
  if (await store.done(PLANTED)) return
  const files = await readdir(models).catch((): string[] => [])
  const names = files.filter((name) => name.endsWith('.onnx')).map((name) => name.slice(0, -'.onnx'.length))
  if (names.length === 0) return // not done: a later start may find some
  await mkdir(join(home, 'models'), { recursive: true })
  for (const file of names.flatMap((name) => [`${name}.onnx`, `${name}.json`]))
    await copyFile(join(models, file), join(home, 'models', file))
  await store.markDone(PLANTED, now())
  log.info({ models: names.length }, 'models planted')
}
