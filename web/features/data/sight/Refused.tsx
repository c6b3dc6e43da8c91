// What a kernel was refused, why, and what to do: where a table is closed, the owner can be asked for it.
import { Index, Match, Show, Switch } from 'solid-js'
import { type Asking, SIGHT_API, type Sight } from '#protocol/sight.ts'
import { usePeople } from '../../../net/context.ts'
import { sayRefused } from '../../../primitives/notices.ts'
import { Button } from '../../../ui/Button.tsx'
import { Time } from '../../../ui/Time.tsx'
import { When } from './Done.tsx'

type RefusedProps = Pick<Sight, 'refused'> & { readonly onAsk: (table: string) => void; readonly onChange: () => void }

const WHAT: Record<Sight['refused'][number]['what'], string> = {
  read: 'Read',
  write: 'Write',
  prompt: 'Prompt',
  search: 'Search',
  prediction: 'Prediction',
  save: 'Save',
}

export const Refused = (props: RefusedProps) => (
  <section class="p-4 text-sm">
    <h3 class="mb-1 font-medium">Refused</h3>
    <ul aria-label="Refused">
      <Index each={props.refused}>
        {(one) => (
          <li class="mt-3">
            <p class="break-words">
              <span class="chip mr-1.5">{WHAT[one().what]}</span>
              {one().text} <When times={one().times} at={one().at} />
            </p>
            <Show when={one().ask}>
              {(ask) => (
                <Asked
                  table={ask().table}
                  asking={ask().asking}
                  onAsk={() => props.onAsk(ask().table)}
                  onChange={props.onChange}
                />
              )}
            </Show>
          </li>
        )}
      </Index>
    </ul>
  </section>
)

type AskedProps = {
  readonly table: string
  readonly asking: Asking
  readonly onAsk: () => void
  readonly onChange: () => void
}

const oneOf = <S extends Asking['state']>(asking: Asking, ...states: readonly S[]) =>
  states.some((state) => state === asking.state) ? (asking as Extract<Asking, { readonly state: S }>) : null

function Asked(props: AskedProps) {
  return (
    <div class="mt-1.5" role="status" aria-label={`Your request for ${props.table}`}>
      <Switch>
        <Match when={oneOf(props.asking, 'none')}>
          <Button size="small" aria-label={`Ask the owner for ${props.table}`} onClick={props.onAsk}>
            Ask the owner
          </Button>
        </Match>
        <Match when={oneOf(props.asking, 'pending', 'stale')}>{(open) => <Open {...props} open={open()} />}</Match>
        <Match when={oneOf(props.asking, 'refused')}>
          {(end) => (
            <>
              <p class="text-ink-2">
                {end().by} refused your request <Time at={end().at} />:
              </p>
              <p class="mt-1 border-l-2 border-line pl-3 break-words select-text">{end().words}</p>
            </>
          )}
        </Match>
        <Match when={oneOf(props.asking, 'granted')}>
          {(end) => (
            <p class="text-ok">
              {end().by} granted your request <Time at={end().at} />. Run the cell again.
            </p>
          )}
        </Match>
        <Match when={oneOf(props.asking, 'readable')}>
          <p class="text-ok">You may read it by now. Run the cell again.</p>
        </Match>
      </Switch>
    </div>
  )
}

type Waiting = Extract<Asking, { readonly state: 'pending' | 'stale' }>

function Open(props: AskedProps & { readonly open: Waiting }) {
  const api = usePeople().apiOf(SIGHT_API)
  async function withdraw(): Promise<void> {
    await api('DELETE /api/requests/:request', { params: { request: props.open.id } }).catch(sayRefused)
    props.onChange()
  }
  return (
    <>
      <p class="text-ink-2">
        You asked for it <Time at={props.open.at} />.{' '}
        {props.open.state === 'stale'
          ? 'Its rules have changed since; ask again if you need it still.'
          : 'It waits for an answer.'}
      </p>
      <div class="mt-1.5 flex gap-2">
        <Show when={props.open.state === 'stale'}>
          <Button size="small" aria-label={`Ask again for ${props.table}`} onClick={props.onAsk}>
            Ask again
          </Button>
        </Show>
        <Button size="small" aria-label={`Take back the request for ${props.table}`} onClick={() => void withdraw()}>
          Take it back
        </Button>
      </div>
    </>
  )
}
