// The rules of one table: edited here, looked at as somebody, and only then saved, with a reason, onto the version they were made
// from. What somebody else saves meanwhile is said and never overwritten unseen.
import { useLocation, useNavigate } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import type { PersonCard, PolicyCard } from '#protocol/managed.ts'
import type { RequestCard } from '#protocol/sight.ts'
import { count } from '../../../primitives/format.ts'
import { labelText } from '../../../primitives/label.ts'
import { dataOf } from '../../../primitives/query.ts'
import { Button } from '../../../ui/Button.tsx'
import { Banner } from '../../../ui/Notice.tsx'
import { Query } from '../../../ui/Query.tsx'
import { Back } from '../parts/Back.tsx'
import { createPeople, createPolicy } from '../queries.ts'
import { createPolicyDraft, type PolicyDraft } from './createPolicyDraft.ts'
import { DetailsDialog } from './DetailsDialog.tsx'
import { Preview } from './Preview.tsx'
import { Rules } from './Rules.tsx'
import { createGrantFor } from './requests/createGrantFor.ts'
import { createRequests } from './requests/createRequests.ts'
import { Granting } from './requests/Granting.tsx'
import { SavePolicy } from './SavePolicy.tsx'
import { Versions } from './Versions.tsx'

export function PolicyPage(props: { readonly name: string }) {
  const policy = createPolicy(() => props.name)
  const people = createPeople()
  const location = useLocation()
  const navigate = useNavigate()
  const asked = () => location.query.request
  const requests = createRequests(() => asked() !== undefined)
  /** Undefined: none is to be answered here, or it has not come yet. */
  const request = () => {
    const all = asked() === undefined ? undefined : dataOf(requests)
    return all && (all.find(({ id, table }) => id === asked() && table === props.name) ?? null)
  }
  return (
    <section aria-label={`Rules of ${props.name}`} class="min-h-0 grow overflow-auto pb-8">
      <Back to="/access">People and all tables</Back>
      <Query query={policy}>
        {(card) => (
          <Editor
            card={card()}
            people={dataOf(people) ?? []}
            request={request()}
            onSaved={() => navigate(location.pathname, { replace: true })}
          />
        )}
      </Query>
    </section>
  )
}

type EditorProps = {
  readonly card: PolicyCard
  readonly people: readonly PersonCard[]
  readonly request: RequestCard | null | undefined
  readonly onSaved: () => void
}

function Editor(props: EditorProps) {
  const draft = createPolicyDraft(() => props.card)
  createGrantFor(draft, () => props.request)
  const nameOf = (id: string) => props.people.find(({ person }) => person.id === id)?.person.name ?? 'somebody who has left'
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        draft.ask()
      }}
    >
      <Head card={props.card} draft={draft} />
      <Granting request={props.request} />
      <Show when={draft.behind()}>
        <Overtaken draft={draft} version={props.card.version} />
      </Show>
      <div class="grid gap-x-8 gap-y-6 lg:grid-cols-[minmax(0,1fr)_320px]">
        <div>
          <Rules
            policy={draft.policy()}
            columns={props.card.table.columns}
            people={props.people}
            faults={draft.faults()}
            onPolicy={draft.setPolicy}
          />
        </div>
        <aside aria-label="Beside the rules" class="flex flex-col gap-7">
          <Preview
            table={props.card.table.name}
            policy={draft.policy()}
            sound={draft.faults().length === 0}
            people={props.people}
            first={props.request?.person.id}
          />
          <Versions table={props.card.table.name} version={props.card.version} onTake={draft.setPolicy} />
        </aside>
      </div>
      <Show when={draft.asking()}>
        <SavePolicy
          table={props.card.table.name}
          draft={draft}
          nameOf={nameOf}
          request={props.request ?? null}
          onSaved={props.onSaved}
        />
      </Show>
    </form>
  )
}

function Head(props: { readonly card: PolicyCard; readonly draft: PolicyDraft }) {
  const wrong = () => props.draft.faults().length
  const [describing, setDescribing] = createSignal(false)
  return (
    <header class="sticky top-0 z-10 mb-5 flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-surface py-2">
      <h2 class="text-lg font-semibold break-all">{props.card.table.name}</h2>
      <span class="chip">{labelText(props.card.table.label)}</span>
      <span class="mr-auto text-sm text-ink-2">
        Version {props.card.version} · owned by {props.card.owner.name}
      </span>
      <Show when={wrong() > 0}>
        <span class="text-sm text-bad" role="status">
          {count(wrong(), 'rule')} {wrong() === 1 ? 'does' : 'do'} not fit
        </span>
      </Show>
      <Button onClick={() => setDescribing(true)}>Details …</Button>
      <Button disabled={!props.draft.changed()} onClick={props.draft.discard}>
        Discard
      </Button>
      <Button type="submit" tone="accent" disabled={!props.draft.changed() || wrong() > 0}>
        Save …
      </Button>
      <Show when={describing()}>
        <DetailsDialog card={props.card} onClose={() => setDescribing(false)} />
      </Show>
    </header>
  )
}

function Overtaken(props: { readonly draft: PolicyDraft; readonly version: number }) {
  return (
    <div class="mb-5 overflow-hidden rounded-[6px] border border-line">
      <Banner
        tone="warn"
        actions={
          <>
            <Button size="small" onClick={props.draft.discard}>
              Show version {props.version}
            </Button>
            <Button size="small" onClick={props.draft.rebase}>
              Keep mine on top of it
            </Button>
          </>
        }
      >
        Version {props.version} was saved while you were editing version {props.draft.base().version}. Your changes are still
        here, unsaved.
      </Banner>
    </div>
  )
}
