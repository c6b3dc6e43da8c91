// Sharing a notebook. What it shows is as the server has it now, whoever changed it last.
import { createSignal, For, Show } from 'solid-js'
import type { NotebookId } from '#protocol/ids.ts'
import type { Releasable } from '#protocol/releases.ts'
import type { Shares } from '#protocol/shares.ts'
import { labelText } from '../../primitives/label.ts'
import { say, sayRefused } from '../../primitives/notices.ts'
import { dataOf } from '../../primitives/query.ts'
import { Button } from '../../ui/Button.tsx'
import { Literals } from '../../ui/Literals.tsx'
import { Modal } from '../../ui/Modal.tsx'
import { Query } from '../../ui/Query.tsx'
import { AddForm } from './AddForm.tsx'
import { Given, granteeOf } from './Given.tsx'
import { Link } from './Link.tsx'
import { createActs, createPreflight, createReleasable, createShares } from './queries.ts'
import { preflightLines } from './words.ts'

type ShareDialogProps = {
  readonly id: NotebookId
  readonly name: string
  readonly save: unknown // how the page stands with its last save
  readonly onPreview: () => void
  readonly onClose: () => void
}

const NOTE = 'Whoever opens it runs it again as themselves, with what they may see. No result of yours goes along.'

export function ShareDialog(props: ShareDialogProps) {
  const shares = createShares(props.id)
  return (
    <Modal title={`Share “${props.name}”`} note={NOTE} wide onClose={props.onClose}>
      <Query query={shares}>{(found) => <Sharing {...props} found={found()} />}</Query>
    </Modal>
  )
}

function Sharing(props: ShareDialogProps & { readonly found: Shares }) {
  const acts = createActs(props.id)
  const releasable = createReleasable(props.id, () => props.save)
  const current = () => dataOf(releasable)
  const [again, setAgain] = createSignal(0) // a choice that was refused is drawn as it is
  const refused = (error: unknown) => {
    sayRefused(error)
    setAgain((times) => times + 1)
  }
  return (
    <>
      <Show when={props.found.addable}>
        {(addable) => (
          <>
            <Before id={props.id} />
            <AsReader {...props} />
            <AddForm
              addable={addable()}
              onShare={async (wish, names) => {
                await acts.share(wish, props.found.version, shown(current()))
                say(`Shared “${props.name}” with ${names.join(', ')}`)
              }}
            />
            <Show when={current()}>{(version) => <Goes {...version()} />}</Show>
          </>
        )}
      </Show>
      <Show when={again() + 1} keyed>
        {(_) => (
          <Given
            shares={props.found.shares}
            mayChange={props.found.addable !== null}
            onRight={(share, right) => {
              const wish = { with: [granteeOf(share)], right, expires: share.expires }
              void acts.share(wish, props.found.version).catch(refused)
            }}
            onStop={(grantee) => void acts.stop(grantee).catch(refused)}
          />
        )}
      </Show>
      <Link id={props.id} />
    </>
  )
}

const shown = (version: Releasable | undefined) => version && { version: version.version, digest: version.digest }

/** The version that goes along. */
const Goes = (props: Releasable) => (
  <section aria-label="What they get" class="mt-5 text-sm">
    <h3 class="mb-1 text-xs font-medium text-ink-2">What they get</h3>
    <p>
      The current version, which counts as <strong class="font-semibold">{labelText(props.label)}</strong>, also where they are
      not cleared for that. What you save later they get if they are, or when you release it in Versions.
    </p>
    <Literals literals={props.literals} more={props.more} open />
  </section>
)

/** What they would see, looked at first. */
const AsReader = (props: ShareDialogProps) => (
  <p class="mb-4">
    <Button
      size="small"
      onClick={() => {
        props.onClose()
        props.onPreview()
      }}
    >
      Preview as a reader…
    </Button>
  </p>
)

/** What of the tables that it reads others lack, or see less of. */
function Before(props: { readonly id: NotebookId }) {
  const preflight = createPreflight(props.id)
  const lines = () => {
    const found = dataOf(preflight)
    return found ? preflightLines(found) : []
  }
  return (
    <Show when={lines().length > 0}>
      <ul aria-label="Before you share it" class="mb-4 flex flex-col gap-1.5 rounded-[6px] bg-warn-soft px-3 py-2 text-sm">
        <For each={lines()}>{(line) => <li>{line}</li>}</For>
      </ul>
    </Show>
  )
}
