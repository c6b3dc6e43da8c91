// What is refused and what is closed on channels, in the log: a person's first ones of a minute each by itself, then how many
// more there were. A page that is refused in a loop must not fill the disk.
import { CLOSE, type CloseName } from '#protocol/close.ts'
import type { ErrorId, PersonId } from '#protocol/ids.ts'
import type { Clock } from '#protocol/wire.ts'
import { mint } from '../ids.ts'
import type { Log } from '../log.ts'

export const AUDIT = { lines: 60, within: 60_000 } as const // of one person and one kind; ms

const KINDS = { 'command refused': 'more commands refused', 'channel closed': 'more channels closed' } as const
type Kind = keyof typeof KINDS
type Line = { readonly person: PersonId; readonly [name: string]: string }

/** After these the page does not come back by itself: the person reads why. */
const FINAL: ReadonlySet<string> = new Set(['stop', 'restart'])

export class Audit {
  readonly #log: Pick<Log, 'info'>
  readonly #clock: Clock
  readonly #counts = {
    'command refused': new Map<PersonId, number>(),
    'channel closed': new Map<PersonId, number>(),
  } satisfies Record<Kind, Map<PersonId, number>> // in the minute that their first one began

  constructor(log: Pick<Log, 'info'>, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  /** Names and ids, nothing that was sent. */
  refused(line: Line): void {
    this.#say('command refused', line)
  }

  /** The id by which a person can quote the end of their channel; none where nobody reads of it, or the log would not hold it. */
  closed(reason: CloseName, line: Line): ErrorId | undefined {
    if (!FINAL.has(CLOSE[reason].next)) return undefined
    const id = mint('e')
    return this.#say('channel closed', { ...line, id, reason }) ? id : undefined
  }

  #say(kind: Kind, line: Line): boolean {
    const { person } = line
    const counts = this.#counts[kind]
    const count = counts.get(person) ?? 0
    counts.set(person, count + 1)
    if (count === 0) this.#clock.after(AUDIT.within, () => this.#sum(kind, person))
    if (count < AUDIT.lines) this.#log.info({ audit: kind, ...line }, kind)
    return count < AUDIT.lines
  }

  #sum(kind: Kind, person: PersonId): void {
    const counts = this.#counts[kind]
    const more = (counts.get(person) ?? 0) - AUDIT.lines
    counts.delete(person)
    if (more > 0) this.#log.info({ audit: KINDS[kind], person, count: more }, KINDS[kind])
  }
}
