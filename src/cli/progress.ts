import type { Terminal } from './tool.js'

const WIDTH = 30

/** Milliseconds between two lines where none can be written over. */
const SELDOM = 10_000

/** What progress is shown on. */
export type Screen = Pick<Terminal, 'note' | 'live' | 'clock'>

export interface ProgressLine {
  show(text: string): void
  end(): void
}

/** One line that is written over and over; where it cannot be, in a file or a mail, a line now and then, and the last. */
export const progressLine = ({ note, live, clock }: Screen): ProgressLine => {
  let shown = ''
  let owed = false
  let noted = clock()
  const write = (): void => {
    note(`${shown}\n`)
    noted = clock()
    owed = false
  }
  return {
    show: (text) => {
      if (text === shown) return
      shown = text
      owed = true
      if (live) note(`\r${text}`)
      else if (clock() - noted >= SELDOM) write()
    },
    end: () => {
      if (!owed) return
      if (live) note('\n')
      else write()
    },
  }
}

export interface ProgressBar {
  /** `total` is `null` where nobody knows it. */
  show(done: number, total: number | null): void
  end(): void
}

export interface Words {
  /** What the line begins with. */
  readonly doing?: string
  /** What is counted. */
  readonly unit?: string
}

/** How much is done, as far as that is known in a bar. */
export const progressBar = (screen: Screen, words: Words = {}): ProgressBar => {
  const { doing = '', unit = 'events' } = words
  const line = progressLine(screen)
  return {
    show: (done, total) => {
      const part = total === null || total === 0 ? 0 : Math.min(1, done / total)
      const bar = total === null ? '' : ` [${'#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '.')}]`
      line.show(`${doing}${done} ${unit}${bar}`)
    },
    end: line.end,
  }
}
