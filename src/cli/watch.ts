import { progressLine, type Screen } from './progress.js'

/** How a run on the server is shown. */
export interface Watched<Done, End> {
  readonly summary: (done: Done) => string
  /** Where the connection breaks, or no end is told. */
  readonly brokenOff: End
}

/** Shows the progress of a run, which comes line by line; resolves with what the last line said. */
export const watch = async <Done, End extends { readonly kind: string }>(
  lines: AsyncIterable<string>,
  screen: Screen,
  { summary, brokenOff }: Watched<Done, End>,
): Promise<End> => {
  const shown = progressLine(screen)
  try {
    for await (const text of lines) {
      const line: { readonly kind: 'progress'; readonly done: Done } | End = JSON.parse(text)
      if (!('done' in line)) return line
      shown.show(summary(line.done))
    }
  } catch {
    // The connection is gone.
  } finally {
    shown.end()
  }
  return brokenOff
}
