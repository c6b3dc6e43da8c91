// Whose turn it is: every channel with a frame it may send gets one frame a round, so a channel that pours delays another's
// message by at most one fragment for each of its own.
export class Rotation<Member> {
  #turns: Member[] = []
  readonly #members = new Set<Member>()

  get empty(): boolean {
    return this.#turns.length === 0
  }

  add(member: Member): void {
    if (this.#members.has(member)) return
    this.#members.add(member)
    this.#turns.push(member)
  }

  /** The next member; it is out until it is added again. */
  next(): Member | undefined {
    while (this.#turns.length > 0) {
      const member = this.#turns.shift()
      if (member !== undefined && this.#members.delete(member)) return member
    }
    return undefined
  }

  remove(member: Member): void {
    this.#members.delete(member)
  }
}
