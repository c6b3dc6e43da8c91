// What `scrydon.artifacts` asks: for a plan, which the kernel presents to the data plane with what it hands over, and then what
// came of it; and which artefacts a kernel may know of.
import * as z from 'zod/mini'
import { FileName } from '../api.ts'
import { ArtefactId } from '../ids.ts'
import { ColumnName } from '../policy/expr.ts'
import { Label } from '../policy/label.ts'
import { COLUMN_TYPES } from '../policy/values.ts'

const COLUMNS = 1600 // of one table
const LISTED = 1000

/** `table` is kept as Parquet, `picture` as PNG, both written by the data plane; `chart`, a JSON text, and `file` as they come. */
export const ARTEFACT_KINDS = ['table', 'picture', 'chart', 'file'] as const
export type ArtefactKind = (typeof ARTEFACT_KINDS)[number]

/** Words that can be seen. */
const ArtefactName = FileName.check(z.regex(/\S/))

/** Made up by the library, for each save: asked twice, it happens once. */
export const SaveId = z.string().check(z.regex(/^s_[A-Za-z0-9_-]{20,40}$/))

const Offered = z.strictObject({ name: ColumnName, type: z.enum(COLUMN_TYPES) })
const Content = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('table'),
    columns: z.readonly(z.array(Offered).check(z.minLength(1), z.maxLength(COLUMNS))),
  }),
  z.strictObject({ kind: z.enum(['picture', 'chart', 'file']) }),
])
export type ArtefactContent = z.infer<typeof Content>

const Count = z.int().check(z.gte(0))
/** `at`: ms since 1970. */
const Listed = z.strictObject({
  id: ArtefactId,
  name: z.string(),
  kind: z.enum(ARTEFACT_KINDS),
  bytes: Count,
  label: Label,
  maker: z.string(),
  at: Count,
})

export const ARTEFACT_CALLS = {
  /** Present the plan once, with what it is (python/dataplane/intake.py). */
  'artefacts.save': {
    ask: z.strictObject({ save: SaveId, name: ArtefactName, content: Content }),
    answer: z.strictObject({ plan: z.string() }),
  },
  /** `waits`: nothing has come of it yet, ask again. */
  'artefacts.saved': {
    ask: z.strictObject({ save: SaveId, name: ArtefactName }),
    answer: z.discriminatedUnion('state', [
      z.strictObject({ state: z.literal('waits') }),
      z.strictObject({ state: z.literal('saved'), artefact: Listed }),
    ]),
  },
  /** Those that one may open, and that count no higher than this kernel does: their names are somebody's words. The newest first. */
  'artefacts.list': {
    ask: z.strictObject({}),
    answer: z.strictObject({ artefacts: z.array(Listed).check(z.maxLength(LISTED)) }),
  },
} as const
export const ARTEFACTS_LISTED = LISTED
