// When a reader of the report sees something of it: the same look at the page of marimo on both sides.
import type { Frame, Page } from '@playwright/test'
import { notebookFrame, pressed, until } from './screen.ts'

/** Two pages of one browser: the reader's, and that of a bare marimo. */
export type Looks = { readonly page: Page; readonly shell: string; readonly peer: Page; readonly bare: string }
/** ms from the press until the first output is on the screen, and all of them are. */
export type Moments = { readonly output: number; readonly all: number }

const SHOWING = 5 // cells of the report that show something

/** So many outputs have a height. Of all of them also what draws itself: marimo's table and its dropdown. */
function drawn(outputs: number): boolean {
  const seen = [...document.querySelectorAll('.output-area > .output')].filter((each) => each.getBoundingClientRect().height > 0)
  const parts = [...document.querySelectorAll('marimo-table, marimo-dropdown')]
  return seen.length >= outputs && (outputs === 1 || parts.every((part) => part.shadowRoot?.querySelector('tbody td, select')))
}

/** Nothing of the shell's lies above the notebook. */
function uncovered(title: string): boolean {
  const frame = document.querySelector(`iframe[title="${title}"]`)
  const { x = 0, y = 0, width = 0, height = 0 } = frame?.getBoundingClientRect() ?? {}
  return frame !== null && document.elementFromPoint(x + width / 2, y + height / 2) === frame
}

async function moments(began: number, frame: Frame, onTop: () => Promise<void>): Promise<Moments> {
  await until(frame, drawn, 1)
  await onTop()
  const output = performance.now() - began
  await until(frame, drawn, SHOWING)
  return { output, all: performance.now() - began }
}

export async function here({ page }: Looks, name: string): Promise<Moments> {
  const link = page.getByRole('region', { name: 'Shared with me' }).getByRole('link', { name, exact: true })
  await link.waitFor()
  const began = await pressed(link)
  return moments(began, await notebookFrame(page, name), () => until(page, uncovered, `Notebook ${name}`))
}

export async function bare({ peer, bare }: Looks): Promise<Moments> {
  await peer.goto('about:blank')
  const began = performance.now()
  await peer.goto(bare, { waitUntil: 'commit' })
  return moments(began, peer.mainFrame(), async () => undefined)
}

/** What stands in the outputs, for the two sides to be compared. */
export const shows = (frame: Frame): Promise<string> =>
  frame.evaluate(() => [...document.querySelectorAll('.output-area')].map((each) => each.textContent).join('\n'))
