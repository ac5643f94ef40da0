const WIDTH = 30

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

/** One line that is written over and over. */
export const progressBar = (note: (text: string) => void, words: Words = {}): ProgressBar => {
  const { doing = '', unit = 'events' } = words
  let shown = ''
  return {
    show: (done, total) => {
      const part = total === null || total === 0 ? 0 : Math.min(1, done / total)
      const bar = total === null ? '' : ` [${'#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '.')}]`
      const text = `${doing}${done} ${unit}${bar}`
      if (text === shown) return
      shown = text
      note(`\r${text}`)
    },
    end: () => {
      if (shown !== '') note('\n')
    },
  }
}
