// The demo accounts, by role. The server offers them on loopback only and says so here.

import { createQuery, type UseQueryResult } from '@tanstack/solid-query'
import { createSignal, For, Match, Show, Switch } from 'solid-js'
import { usePeople } from '../../net/context.ts'
import type { People } from '../../net/person.ts'
import { dataOf } from '../../primitives/query.ts'
import { refusalOf } from '../../primitives/refused.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Button } from '../../ui/Button.tsx'
import { Logo } from '../../ui/Logo.tsx'
import { Banner } from '../../ui/Notice.tsx'
import { Spinner } from '../../ui/Spinner.tsx'
import { Occupied } from './Occupied.tsx'
import { roleLine } from './roles.ts'

type Account = { readonly id: string; readonly name: string }

export function SignIn(props: { readonly notice: string | null }) {
  const people = usePeople()
  const accounts = createQuery(() => ({ queryKey: ['accounts'], queryFn: () => people.anonymous('GET /api/accounts'), retry: 2 }))
  const { entering, failure, question, enter, cancel } = createEntrance(people)

  return (
    <main class="grid h-full place-items-center overflow-auto p-6">
      <div class="w-full max-w-[440px]">
        <Brand />
        <Show when={props.notice}>
          <div class="mb-4 overflow-hidden rounded-[10px]">
            <Banner tone="warn">{props.notice}</Banner>
          </div>
        </Show>
        <Show when={failure()}>
          <p role="alert" class="mb-4 text-sm text-bad">
            {failure()}
          </p>
        </Show>
        <Show when={question()}>
          {(asked) => (
            <Occupied
              occupied={asked().occupied}
              name={asked().account.name}
              onCancel={cancel}
              onReplace={() => void enter(asked().account, true)}
            />
          )}
        </Show>
        <Accounts accounts={accounts} entering={entering()} onEnter={(account) => void enter(account)} />
        <p class="mt-5 text-xs leading-relaxed text-ink-2">
          These are demo accounts without passwords. They work only on this machine: the server listens on loopback and must not
          be put on a network like this.
        </p>
      </div>
    </main>
  )
}

/** Signing in as an account; where that would sign somebody else out, a question first. */
function createEntrance(people: People) {
  const [entering, setEntering] = createSignal<string | null>(null)
  const [failure, setFailure] = createSignal<string | null>(null)
  const [question, setQuestion] = createSignal<{ readonly account: Account; readonly occupied: string } | null>(null)

  async function enter(account: Account, replace = false): Promise<void> {
    setEntering(account.id)
    setFailure(null)
    setQuestion(null)
    await people.signIn(account, replace).catch((error: unknown) => {
      const { code, message } = refusalOf(error)
      if (code === 'occupied') setQuestion({ account, occupied: message })
      else setFailure(message)
    })
    setEntering(null)
  }
  return { entering, failure, question, enter, cancel: () => setQuestion(null) }
}

function Brand() {
  return (
    <header class="mb-7 flex items-center gap-3">
      <Logo size={30} />
      <div>
        <h1 class="text-lg leading-tight font-semibold tracking-tight">Scrydon Notebooks</h1>
        <p class="text-sm text-ink-2">Python notebooks, in a kernel that is yours alone</p>
      </div>
    </header>
  )
}

type AccountsProps = {
  readonly accounts: UseQueryResult<readonly Account[]>
  readonly entering: string | null
  readonly onEnter: (account: Account) => void
}

function Accounts(props: AccountsProps) {
  return (
    <Switch>
      <Match when={props.accounts.isError}>
        <div class="rounded-[10px] border border-line bg-surface p-5 text-sm" role="alert">
          <p class="mb-3">{refusalOf(props.accounts.error).message}</p>
          <Button onClick={() => props.accounts.refetch()}>Try again</Button>
        </div>
      </Match>
      <Match when={dataOf(props.accounts)}>
        <ul class="overflow-hidden rounded-[10px] border border-line bg-surface">
          <For each={dataOf(props.accounts)}>
            {(account) => <Row account={account} busy={props.entering} onEnter={() => props.onEnter(account)} />}
          </For>
        </ul>
      </Match>
      <Match when={props.accounts.isPending}>
        <div class="skeleton h-[290px]" role="status" aria-label="Loading the accounts" />
      </Match>
    </Switch>
  )
}

function Row(props: { readonly account: Account; readonly busy: string | null; readonly onEnter: () => void }) {
  return (
    <li class="border-line [&:not(:first-child)]:border-t">
      <button
        type="button"
        class="group flex w-full items-center gap-3.5 px-4 py-3 text-left -outline-offset-2 transition-colors hover:bg-hover disabled:opacity-60"
        disabled={props.busy !== null}
        aria-label={`Continue as ${props.account.name}`}
        aria-describedby={`role-${props.account.id}`}
        onClick={() => props.onEnter()}
      >
        <Avatar name={props.account.name} size={30} />
        <span class="grow">
          <span class="block text-base font-medium">Continue as {props.account.name}</span>
          <span class="block text-sm text-ink-2" id={`role-${props.account.id}`}>
            {roleLine(props.account.name)}
          </span>
        </span>
        <Show
          when={props.busy === props.account.id}
          fallback={<span class="text-ink-3 transition-transform group-hover:translate-x-0.5">→</span>}
        >
          <Spinner />
        </Show>
      </button>
    </li>
  )
}
