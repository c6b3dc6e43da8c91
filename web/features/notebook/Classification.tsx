// What the notebook's kernel counts as, above all else of it: the gateway's word, which nothing in the frame can change.
import type { Label } from '#protocol/policy/label.ts'
import { labelText } from '../../primitives/label.ts'

export const Classification = (props: { readonly label: Label }) => (
  <div
    role="status"
    aria-label="Classification"
    class="classification"
    data-level={props.label.level}
    title="The highest of the workspace and of all that this notebook was given here. “What you see” says what raised it."
  >
    {labelText(props.label).toUpperCase()}
  </div>
)
