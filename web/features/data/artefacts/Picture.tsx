// A picture, as an image and nothing else: the server made the file anew from its pixels, and here it is looked at once more.
import { createResource, Match, Switch } from 'solid-js'
import type { ArtefactCard } from '#protocol/artefacts.ts'
import { refusalOf } from '../../../primitives/refused.ts'
import { Modal } from '../../../ui/Modal.tsx'
import { Reference } from '../../../ui/Notice.tsx'
import { Spinner } from '../../../ui/Spinner.tsx'
import { type Given, pictureOf } from './content.ts'

type PictureProps = {
  readonly card: ArtefactCard
  readonly content: (card: ArtefactCard) => Promise<Given>
  readonly onClose: () => void
}

export function Picture(props: PictureProps) {
  const [address] = createResource(async () => pictureOf((await props.content(props.card)).blob))
  return (
    <Modal title={props.card.name} wide onClose={props.onClose}>
      <Switch>
        <Match when={address.error}>
          {(error) => (
            <p class="text-sm" role="alert">
              {refusalOf(error()).message} <Reference refusal={refusalOf(error())} />
            </p>
          )}
        </Match>
        <Match when={address.loading}>
          <p role="status" aria-label="Loading">
            <Spinner />
          </p>
        </Match>
        <Match when={address()}>
          {(source) => <img src={source()} alt={props.card.name} class="mx-auto max-h-[70vh] bg-white" />}
        </Match>
        <Match when>
          <p class="text-sm" role="alert">
            This is not a picture that can be shown here. You may download it.
          </p>
        </Match>
      </Switch>
    </Modal>
  )
}
