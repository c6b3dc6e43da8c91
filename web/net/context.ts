// How the parts of the page reach the server: one context, made once in app.tsx.
import { createContext, useContext } from 'solid-js'
import type { Api } from './api.ts'
import type { People } from './person.ts'

export const PeopleContext = createContext<People>()

export function usePeople(): People {
  const people = useContext(PeopleContext)
  if (!people) throw new Error('usePeople outside PeopleContext')
  return people
}

export const useApi = (): Api => usePeople().api

/** May this person make notebooks here? Who is not a member of the workspace may not. */
export function useMember(): () => boolean {
  const people = usePeople()
  return () => {
    const who = people.who()
    return who.state === 'signed-in' && who.member
  }
}
