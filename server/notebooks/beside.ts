// What the files beside a notebook count as, all together: a kernel has the whole folder in sight or nothing of it, so who is cleared for the
// join of them gets them, and nobody else.
import type { NotebookId, PersonId } from '#protocol/ids.ts'
import { dominates, join, type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import { subjectOf, workspaceLabel } from '../data/standing.ts'
import { refuse } from '../errors.ts'
import { clearanceOf } from '../policy/preview.ts'
import type { Desk } from './desk.ts'
import { folderOf, listed, type OnDisk } from './folders.ts'

type Labels = ReadonlyMap<string, Label>

/** Pure. A file of which nothing is known counts as the workspace does, and no less than any of which something is. */
export function classified(names: readonly string[], known: Labels, workspace: Label): Labels {
  const unknown = [...known.values()].reduce(join, workspace)
  return new Map(names.map((name) => [name, known.get(name) ?? unknown]))
}

/** Pure. */
export const together = (labels: Labels): Label => [...labels.values()].reduce(join, LOWEST)

/** Of these files, which are there. */
export async function labelsOf(desk: Pick<Desk, 'store'>, notebook: NotebookId, there: readonly OnDisk[]): Promise<Labels> {
  const [known, workspace] = await Promise.all([desk.store.uploads.labels(notebook), workspaceLabel(desk)])
  return classified(
    there.map(({ name }) => name),
    known,
    workspace,
  )
}

/** Of each file that is there. */
export const filesLabels = async (desk: Pick<Desk, 'store' | 'uploads'>, notebook: NotebookId): Promise<Labels> =>
  labelsOf(desk, notebook, await listed(folderOf(desk, notebook)))

export const filesLabel = async (...of: Parameters<typeof filesLabels>): Promise<Label> => together(await filesLabels(...of))

/** One at a time for a notebook: a file that appears or goes, and a kernel that starts with them in sight. */
export const inTurn = <T>(desk: Pick<Desk, 'serial'>, notebook: NotebookId, work: () => Promise<T>): Promise<T> =>
  desk.serial(`beside ${notebook}`, work)

type Whose = { readonly person: PersonId; readonly preview?: Profile | undefined }

/** May whoever looks, through a profile or not, see what counts as this? */
export async function isCleared(
  desk: Pick<Desk, 'identity' | 'store'>,
  { person, preview }: Whose,
  label: Label,
): Promise<boolean> {
  return dominates(clearanceOf(await subjectOf(desk, person), preview), label)
}

/** Neither names nor bytes of what counts above them are anybody's. */
export async function mustBeCleared(desk: Pick<Desk, 'identity' | 'store'>, person: PersonId, label: Label): Promise<void> {
  if (!(await isCleared(desk, { person }, label))) throw refuse('files-above')
}
