// What a frame asks to be kept beyond it: a file on the person's disk, a setting of the person's own.
import type { FromFrame } from '#protocol/bridge.ts'
import type { Role } from '#protocol/roles.ts'
import { type EditorSettings, withSettings } from '#protocol/settings.ts'
import { leaving } from '../features/notebook/leaving.ts'
import type { People } from '../net/person.ts'
import { saveFile } from '../primitives/download.ts'
import { say, sayRefused } from '../primitives/notices.ts'

type Download = Extract<FromFrame, { type: 'download' }>

export function takeAlong(mode: Role, notebook: string, { contentType, body }: Download): void {
  const file = leaving(mode, notebook, { contentType, bytes: body.byteLength })
  if (file.ok) saveFile(file.name, body, file.type)
  else say(file.why)
}

/** A frame tells the kernel what is kept already, and that passes here too. */
export function keepSettings(people: People, change: EditorSettings): void {
  const who = people.who()
  if (who.state !== 'signed-in') return
  const editor = withSettings(who.preferences.editor, change)
  if (JSON.stringify(editor) !== JSON.stringify(who.preferences.editor))
    people.prefer({ ...who.preferences, editor }).catch(sayRefused)
}
