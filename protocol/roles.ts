// Who may send what. Total tables: a new frame kind, resource or role does not compile until somebody decides.
import type { Kind } from './frame.ts'

/** What a person is to one opened kernel. `edit` holds the lease; `run` is everybody else (design.md, idea 3). */
export const ROLES = ['edit', 'run'] as const
export type Role = (typeof ROLES)[number]

/** What a channel can be opened on. `terminal` and `yjs` are declared here and refused until they are built. */
export const RESOURCES = ['kernel', 'events', 'runner', 'library', 'terminal', 'yjs'] as const
export type ResourceType = (typeof RESOURCES)[number]

/** May the side that opened the channel send frames of this kind on it? Credit is flow control and always may. */
export const MAY_SEND: Record<ResourceType, Record<Role, Record<Kind, boolean>>> = {
  kernel: { edit: sends('request'), run: sends('request') },
  events: { edit: sends(), run: sends() },
  runner: { edit: sends('request'), run: sends() }, // gateway -> runner only; never offered to a browser
  library: { edit: sends('text'), run: sends() }, // what kernels ask, answered by the gateway; never offered to a browser
  terminal: { edit: sends(), run: sends() },
  yjs: { edit: sends(), run: sends() },
}

function sends(...kinds: readonly Kind[]): Record<Kind, boolean> {
  const may = (kind: Kind) => kind === 'credit' || kinds.includes(kind)
  return { control: false, text: may('text'), binary: may('binary'), request: may('request'), response: false, credit: true }
}
