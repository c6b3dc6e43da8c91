// The state of a kernel as a small mark: shape and colour, and the word stands beside it or in the accessible name.
type State = 'starting' | 'ready' | 'running' | 'stopped' | 'failed'

export function StateDot(props: { readonly state: State }) {
  return <span class="state-dot" data-state={props.state} aria-hidden="true" />
}
