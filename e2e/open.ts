// A notebook made and opened by a person without a browser, and what its kernel has said.
import type { Client, KernelStream, Tab } from './client.ts'

export type Open = {
  readonly mine: Client
  readonly id: string
  readonly tab: Tab
  readonly kernel: KernelStream
  readonly kernelId: string
}

export async function openAs(mine: Client, name: string, source: string, mode: 'auto' | 'run' = 'auto'): Promise<Open> {
  const { id } = await mine.notebook(name, source)
  const tab = await mine.tab()
  const { opened, kernel } = await mine.open(tab, id, mode)
  return { mine, id, tab, kernel, kernelId: opened.kernel }
}

export async function close({ mine, tab, kernelId }: Open): Promise<void> {
  tab.close()
  await mine.call('POST /api/kernels/:kernel/stop', { params: { kernel: kernelId } }).catch(() => undefined)
}

export const outputs = (kernel: KernelStream): string => JSON.stringify(kernel.seen.map(({ data }) => data))
