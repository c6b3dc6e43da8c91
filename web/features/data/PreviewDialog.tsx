// As whom a notebook is previewed: a clearance and some groups, never a person.
import { createSignal } from 'solid-js'
import type { Profile } from '#protocol/policy/profile.ts'
import { Button } from '../../ui/Button.tsx'
import { Modal } from '../../ui/Modal.tsx'
import { ProfileFields } from './access/ProfileFields.tsx'

type PreviewDialogProps = { readonly onPreview: (as: Profile) => void; readonly onClose: () => void }

const NOTE =
  'It runs again, as you, with what both you and such a reader may see. It only reads: nothing is written or saved, and no model is asked. That you looked is on record.'
const FIRST: Profile = { clearance: { level: 'internal', markings: [] }, groups: [] }

export function PreviewDialog(props: PreviewDialogProps) {
  const [profile, setProfile] = createSignal(FIRST)
  return (
    <Modal title="Preview as a reader" note={NOTE} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          props.onClose()
          props.onPreview(profile())
        }}
      >
        <ProfileFields profile={profile()} onProfile={setProfile} />
        <div class="flex justify-end">
          <Button type="submit" tone="accent">
            Preview
          </Button>
        </div>
      </form>
    </Modal>
  )
}
