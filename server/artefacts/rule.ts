// Who may open an artefact, and what may be done to it: pure, total, deny by default. Its label holds for its maker, too.
import { dominates, type Label } from '#protocol/policy/label.ts'
import type { Workspace } from '#protocol/policy/workspace.ts'
import { mayDeclassify } from '../policy/relabel.ts'
import { isIn, type Subject } from '../policy/subject.ts'
import type { StoredArtefact } from '../seams/artefacts.ts'

type Artefact = Pick<StoredArtefact, 'maker' | 'label' | 'released'>

export function mayOpen({ maker, label, released }: Artefact, who: Subject): boolean {
  const theirs = maker === who.person || released.some((to) => isIn(to, who))
  return who.member && theirs && dominates(who.clearance, label)
}

/** Its maker knows that it is there, also without the clearance for it: it takes room of theirs. */
export const mayKnow = (artefact: Artefact, who: Subject): boolean =>
  mayOpen(artefact, who) || (who.member && artefact.maker === who.person)

export const mayRelease = ({ maker }: Artefact, who: Subject): boolean => maker === who.person

/** `clearance`: above one's own. `floor`: below the workspace's. `maker`: raised by somebody else. `declassify`: lowered without a grant. */
export type Unlabelled = 'clearance' | 'floor' | 'maker' | 'declassify'
type Asking = { readonly who: Subject; readonly workspace: Workspace; readonly now: number }

/** Of one that they may open. A label that is not above the former one lowers it, also where it adds to it. */
export function mayRelabel(artefact: Artefact, label: Label, { who, workspace, now }: Asking): 'yes' | Unlabelled {
  if (!dominates(who.clearance, label)) return 'clearance'
  if (!dominates(label, workspace.label)) return 'floor'
  if (!dominates(label, artefact.label)) return mayDeclassify(workspace, who, now) ? 'yes' : 'declassify'
  return artefact.maker === who.person ? 'yes' : 'maker'
}
