// The page: who is signed in decides what it is. Signing out takes everything of the person with it: frames, socket, cache.
import { Route, Router } from '@solidjs/router'
import { QueryClient, QueryClientProvider } from '@tanstack/solid-query'
import { createEffect, ErrorBoundary, Match, onMount, Show, Suspense, Switch } from 'solid-js'
import { render } from 'solid-js/web'
import type { PersonId } from '#protocol/ids.ts'
import { Home } from './features/notebooks/Home.tsx'
import { SignIn } from './features/signin/SignIn.tsx'
import { PeopleContext } from './net/context.ts'
import { createPeople } from './net/person.ts'
import { createTheme } from './primitives/theme.ts'
import { Shell } from './shell/Shell.tsx'
import { layListBeneath } from './shell/workspace.ts'
import { Button } from './ui/Button.tsx'
import { lazily } from './ui/lazily.tsx'
import { Empty } from './ui/Notice.tsx'
import { Notices } from './ui/Notices.tsx'
import { Spinner } from './ui/Spinner.tsx'
import './styles/app.css'

const Library = lazily(() => import('./features/library/Library.tsx').then((module) => module.Library))
const DataPages = lazily(() => import('./features/data/Pages.tsx').then((module) => module.DataPages))
const Data = () => (
  <Suspense>
    <DataPages />
  </Suspense>
)

function App() {
  const people = createPeople((path, init) => fetch(path, init))
  const theme = createTheme()
  const person = () => {
    const who = people.who()
    return who.state === 'signed-in' ? who : null
  }
  const notice = () => {
    const who = people.who()
    return who.state === 'signed-out' ? who.notice : null
  }
  onMount(() => void people.arrive())
  createEffect(() => {
    const preferences = person()?.preferences
    if (preferences) theme.choose(preferences.theme)
  })

  return (
    <PeopleContext.Provider value={people}>
      <ErrorBoundary fallback={Broken}>
        <Switch>
          <Match when={people.who().state === 'unknown'}>
            <Loading />
          </Match>
          <Match when={people.who().state === 'unreachable'}>
            <Unreachable onAgain={() => void people.arrive()} />
          </Match>
          <Match when={people.who().state === 'signed-out'}>
            <QueryClientProvider client={new QueryClient()}>
              <SignIn notice={notice()} />
            </QueryClientProvider>
          </Match>
          <Match when={person()}>
            <Show when={person()?.person.id} keyed>
              {(me) => <Signed me={me} theme={theme} />}
            </Show>
          </Match>
        </Switch>
      </ErrorBoundary>
      <Notices />
    </PeopleContext.Provider>
  )
}

function Loading() {
  return (
    <div class="grid h-full place-items-center text-ink-3" role="status" aria-label="Loading">
      <Spinner size={18} />
    </div>
  )
}

function Unreachable(props: { readonly onAgain: () => void }) {
  return (
    <main class="grid h-full place-items-center">
      <Empty title="The server cannot be reached" actions={<Button onClick={props.onAgain}>Try again</Button>}>
        It may be starting, or this machine is offline. Nothing of yours is lost.
      </Empty>
    </main>
  )
}

function Signed(props: { readonly me: PersonId; readonly theme: ReturnType<typeof createTheme> }) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: true } } })
  return (
    <QueryClientProvider client={client}>
      <Router
        root={(inner) => (
          <Shell me={props.me} theme={props.theme}>
            {inner.children}
          </Shell>
        )}
      >
        <Route path="/" component={Home} />
        <Route path="/library" component={LibraryPage} />
        <Route path="/n/:id" component={() => null} />
        <Route path={['/tables/:table?', '/access/:table?', '/artefacts', '/models', '/audit']} component={Data} />
        <Route path="*" component={NotFound} />
      </Router>
    </QueryClientProvider>
  )
}

const LibraryPage = () => (
  <Suspense>
    <Library />
  </Suspense>
)

/** A fault of this page itself. Kernels and what was saved live on the server and are found again. */
function Broken() {
  return (
    <main class="grid h-full place-items-center" role="alert">
      <Empty title="This page has failed" actions={<Button onClick={() => location.reload()}>Reload the page</Button>}>
        A fault in the page itself. Your kernels go on, and what was saved is safe.
      </Empty>
    </main>
  )
}

function NotFound() {
  return (
    <Empty
      title="There is no such page"
      actions={
        <a class="btn" data-tone="plain" href="/">
          To the notebooks
        </a>
      }
    >
      The address may be mistyped, or what it named is gone.
    </Empty>
  )
}

layListBeneath()
const root = document.getElementById('root')
if (root) render(() => <App />, root)
