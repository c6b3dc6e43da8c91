// What may leave a notebook as a file: for who edits it, the picture of an output. Data leaves by the workspace's rule,
// which is off; a reader takes nothing along. The rule is for people who mean well: eyes and code carry what they see.
import { KERNEL } from '#protocol/limits.ts'
import type { Role } from '#protocol/roles.ts'
import { sizeText } from '#protocol/size.ts'

export type Leaving =
  | { readonly ok: true; readonly name: string; readonly type: string }
  | { readonly ok: false; readonly why: string }

const PICTURES: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
}

/** The name is ours: what a notebook's script says of a file is not to be trusted. `image/svg+xml` may hold a script. */
export function leaving(mode: Role, notebook: string, file: { readonly contentType: string; readonly bytes: number }): Leaving {
  if (mode === 'run')
    return { ok: false, why: 'Nothing was downloaded: you are reading this notebook. Who edits it may save pictures.' }
  const type = file.contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  const ending = PICTURES[type]
  if (ending === undefined)
    return {
      ok: false,
      why: 'Nothing was downloaded: this workspace lets pictures of outputs leave (PNG, JPEG, GIF, WebP), not data.',
    }
  if (file.bytes > KERNEL.output)
    return { ok: false, why: `Nothing was downloaded: a picture may have ${sizeText(KERNEL.output)}.` }
  return { ok: true, name: `${notebook}.${ending}`, type }
}
