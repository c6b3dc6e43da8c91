// What is refused on channels, in the log: a person's first ones of a minute each by itself, then how many more there were.
// A page that is refused in a loop must not fill the disk.
import type { PersonId } from '#protocol/ids.ts'
import type { Clock } from '#protocol/wire.ts'
import type { Log } from '../log.ts'

export const AUDIT = { lines: 60, within: 60_000 } as const // of one person; ms

export class Audit {
  readonly #log: Pick<Log, 'info'>
  readonly #clock: Clock
  readonly #counts = new Map<PersonId, number>() // in the minute that their first one began

  constructor(log: Pick<Log, 'info'>, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  /** Names and ids, nothing that was sent. */
  refused(line: { readonly person: PersonId; readonly [name: string]: string }): void {
    const { person } = line
    const count = this.#counts.get(person) ?? 0
    this.#counts.set(person, count + 1)
    if (count === 0) this.#clock.after(AUDIT.within, () => this.#sum(person))
    if (count < AUDIT.lines) this.#log.info({ audit: 'command refused', ...line }, 'command refused')
  }

  #sum(person: PersonId): void {
    const more = (this.#counts.get(person) ?? 0) - AUDIT.lines
    this.#counts.delete(person)
    if (more > 0) this.#log.info({ audit: 'more commands refused', person, count: more }, 'more commands refused')
  }
}
