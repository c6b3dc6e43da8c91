// A product with language models from an endpoint on loopback, and notebooks that tell what their calls came to.
import { Endpoint } from '../server/models/testing/endpoint.ts'
import type { Client, KernelStream } from './client.ts'
import { notebookOf, test } from './fixtures.ts'
import { startStack } from './stack.ts'

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

const BEGIN = `import base64, json
from scrydon import errors, inference, llm, tables
told = {}
def tell(what, call):
    try:
        told[what] = call()
    except errors.ScrydonError as refused:
        told[what] = f"{type(refused).__name__} {refused.code}: {refused.message}"
`
const END = `\n"TOLD:" + base64.b64encode(json.dumps(told).encode()).decode() + ":"`
export const tells = (calls: Readonly<Record<string, string>>) =>
  notebookOf(
    BEGIN +
      Object.entries(calls)
        .map(([what, call]) => `tell("${what}", lambda: ${call})`)
        .join('\n') +
      END,
  )

const TOLD = /TOLD:([\w+/=]+):/

/** What the calls of a notebook came to, in a kernel that runs it. `from`: of what it has said, the first that counts. */
export async function outcome(kernel: KernelStream, from = 0): Promise<Record<string, unknown>> {
  const told = await kernel.until('the end of the cell', ({ data }) => TOLD.test(JSON.stringify(data)), 60_000, from)
  return JSON.parse(Buffer.from(TOLD.exec(JSON.stringify(told.data))?.[1] ?? '', 'base64').toString())
}

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
