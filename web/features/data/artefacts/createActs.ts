// What is done with an artefact at once: taken along, or removed.
import { useQueryClient } from '@tanstack/solid-query'
import type { ArtefactCard } from '#protocol/artefacts.ts'
import type { ArtefactId } from '#protocol/ids.ts'
import { usePeople } from '../../../net/context.ts'
import { saveFile } from '../../../primitives/download.ts'
import { say, sayRefused } from '../../../primitives/notices.ts'
import { contentOf, type Given } from './content.ts'
import { useArtefacts } from './queries.ts'

export function createActs() {
  const api = useArtefacts()
  const people = usePeople()
  const client = useQueryClient()
  const content = ({ id }: ArtefactCard): Promise<Given> => contentOf((path, init) => fetch(path, init), people.bearer, id)
  return {
    content,
    /** As bytes: the browser is not told to open it. */
    download: (card: ArtefactCard): Promise<void> =>
      content(card).then(({ name, blob }) => saveFile(name, blob, 'application/octet-stream'), sayRefused),
    /** `said`: what it is called where it is said that it is removed. */
    async remove(artefact: ArtefactId, said: string): Promise<void> {
      await api('DELETE /api/artefacts/:artefact', { params: { artefact } }).then(() => say(`${said} removed`), sayRefused)
      await client.invalidateQueries({ queryKey: ['data', 'artefacts'] })
    },
  }
}
