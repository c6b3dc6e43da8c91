// Tables that kernels made, at rest: what each is made from. Who may read one is its policy's affair (governance.ts).
import type { KernelId, NotebookId, PersonId } from '#protocol/ids.ts'
import type { Inputs } from './inputs.ts'

/** `at`: ms since 1970. */
export type MadeTable = {
  readonly table: string
  readonly kernel: KernelId
  readonly notebook: NotebookId
  readonly maker: PersonId
  readonly inputs: Inputs
  readonly at: number
}

/** Told before the rows come in, so that none ever comes from what is not named: one that failed in the end is named all the same. */
export interface MadeTables {
  /** In place of one that came to nothing. */
  made(table: MadeTable): Promise<void>
  /** Beside what it was made from before, each table at each version of its policy; of a table that no kernel made nothing is kept. */
  added(table: string, inputs: Inputs): Promise<void>
  /** Null: no kernel made it. */
  find(table: string): Promise<MadeTable | null>
  /** All, the newest first, those that came to nothing too: they are in no catalogue. */
  list(): Promise<readonly MadeTable[]>
}
