import type { Terminal } from './tool.js'

/** How a run on the server is shown. */
export interface Watched<Done, End> {
  readonly summary: (done: Done) => string
  /** Where the connection breaks, or no end is told. */
  readonly brokenOff: End
}

/** Shows the progress of a run, which comes line by line; resolves with what the last line said. */
export const watch = async <Done, End extends { readonly kind: string }>(
  lines: AsyncIterable<string>,
  note: Terminal['note'],
  { summary, brokenOff }: Watched<Done, End>,
): Promise<End> => {
  let shown = false
  try {
    for await (const text of lines) {
      const line: { readonly kind: 'progress'; readonly done: Done } | End = JSON.parse(text)
      if (!('done' in line)) return line
      note(`\r${summary(line.done)}`)
      shown = true
    }
  } catch {
    // The connection is gone.
  } finally {
    if (shown) note('\n')
  }
  return brokenOff
}
