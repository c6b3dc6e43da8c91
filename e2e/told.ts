// Notebooks that tell what their calls came to, and what they told.
import type { KernelStream } from './client.ts'
import { notebookOf } from './fixtures.ts'

const BEGIN = `import base64, json
from scrydon import errors
told = {}
def tell(what, call):
    try:
        told[what] = call()
    except errors.ScrydonError as refused:
        told[what] = f"{type(refused).__name__} {refused.code}: {refused.message}"
`
const END = `\n"TOLD:" + base64.b64encode(json.dumps(told).encode()).decode() + ":"`

/** `before`: what the calls need, as lines of Python. */
export const telling = (before: string, calls: Readonly<Record<string, string>>) =>
  notebookOf(
    BEGIN +
      before +
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
