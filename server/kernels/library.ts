// The gateway's one `library` channel on the link to the runner: what kernels ask, each line with the kernel it came from, and
// the answers. Whose kernel it is is looked up here, in the gateway's own mirror.
import type { Channel } from '#protocol/channelState.ts'
import { RelayedAsk } from '#protocol/library.ts'
import type { Link } from '#protocol/link.ts'
import { isAlive, type KernelState } from '#protocol/runner.ts'
import { decodeJson } from '#protocol/text.ts'
import type { AnswerKernel } from '../seams/kernels.ts'

export function serveLibrary(link: Link, find: (kernel: string) => KernelState | null, answer: AnswerKernel): void {
  const channel: Channel = link.openChannel(
    { resource: { type: 'library' } },
    {
      opened: () => {},
      ended: () => {},
      message: ({ payload, cost }) => {
        const ask = RelayedAsk.safeParse(decodeJson(payload))
        const kernel = ask.success ? find(ask.data.kernel) : null
        if (!ask.success || kernel === null || !isAlive(kernel)) return channel.consumed(cost)
        const said = (line: string) => {
          channel.consumed(cost) // only now: kernels that ask faster than is answered wait
          if (link.open) channel.send('text', Buffer.from(JSON.stringify({ call: ask.data.call, line })))
        }
        answer(kernel, ask.data.line).then(said, () => channel.consumed(cost))
      },
    },
  )
}
