// Above a notebook that is previewed: as whom, and the way back.
import type { Profile } from '#protocol/policy/profile.ts'
import { labelText } from '../../primitives/label.ts'
import { Button } from '../../ui/Button.tsx'
import { Banner } from '../../ui/Notice.tsx'

type PreviewBarProps = { readonly as: Profile; readonly onBack: () => void }

export const PreviewBar = (props: PreviewBarProps) => (
  <Banner
    tone="warn"
    actions={
      <Button size="small" tone="accent" onClick={props.onBack}>
        Back to the notebook
      </Button>
    }
  >
    <strong class="font-semibold">
      Preview as: {labelText(props.as.clearance)}
      {props.as.groups.length > 0 && `, groups ${props.as.groups.join(', ')}`}
    </strong>{' '}
    – what you see is what both you and such a reader may see. Not a person.
  </Banner>
)
