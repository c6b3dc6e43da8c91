// A product with language models from an endpoint on loopback, and notebooks that tell what their calls came to.
import { Endpoint } from '../server/models/testing/endpoint.ts'
import type { Client, KernelStream } from './client.ts'
import { test } from './fixtures.ts'
import { startStack } from './stack.ts'
import { outcome, telling } from './told.ts'

/** `models`: as CORTEX_MODELS takes them; the endpoint's own names are in its file. */
export const withModels = (models: object, key: string) =>
  test.extend<object, { endpoint: Endpoint }>({
    endpoint: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
      async ({}, use) => {
        const endpoint = await new Endpoint().start()
        await use(endpoint)
        await endpoint.close()
      },
      { scope: 'worker' },
    ],
    stack: [
      async ({ endpoint }, use) => {
        const env = { CORTEX_URL: endpoint.url, CORTEX_KEY: key, CORTEX_MODELS: JSON.stringify(models), CORTEX_TOKENS: '20000' }
        const stack = await startStack({ env })
        await use(stack)
        await stack.stop()
      },
      { scope: 'worker', timeout: 180_000 },
    ],
  })

export const tells = (calls: Readonly<Record<string, string>>) => telling('from scrydon import inference, llm, tables\n', calls)

export type Running = { readonly kernel: KernelStream; readonly again: () => Promise<Record<string, unknown>> }

/** A kernel of theirs, whose calls are made at each asking. */
export async function running(who: Client, name: string, calls: Readonly<Record<string, string>>): Promise<Running> {
  const { kernel } = await who.open(await who.tab(), (await who.notebook(name, tells(calls))).id)
  const { ids, codes } = await kernel.instantiate()
  const again = async () => {
    const from = kernel.seen.length
    await kernel.run(ids, codes)
    return outcome(kernel, from)
  }
  return { kernel, again }
}
