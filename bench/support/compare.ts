/** One way to do the work; gives its speed, whatever the unit, so long as more is better and both sides use the same. */
export interface Side {
  readonly name: string
  readonly run: () => Promise<number> | number
}

export interface Comparison {
  readonly name: string
  readonly unit: string
  readonly subject: readonly number[]
  readonly baseline: readonly number[]
  /** Subject over baseline: of the sums, and the least and the greatest of one pair. */
  readonly ratio: number
  readonly least: number
  readonly greatest: number
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const round = (value: number): number => Math.round(value * 1000) / 1000

interface Options {
  readonly name: string
  readonly unit: string
  readonly rounds?: number
  /** Each side runs once before, uncounted: for servers, whose code V8 is still compiling in their first seconds under load. */
  readonly warm?: boolean
}

/** Runs both sides in turn (A B B A, `rounds` times), so that a drift of the machine meets both; prints a table and a JSON line. */
export const compare = async (
  { name, unit, rounds = 1, warm = false }: Options,
  subject: Side,
  baseline: Side,
): Promise<Comparison> => {
  if (warm) {
    await subject.run()
    await baseline.run()
  }
  const speeds: { subject: number[]; baseline: number[] } = { subject: [], baseline: [] }
  for (let round = 0; round < rounds; round++) {
    speeds.subject.push(await subject.run())
    speeds.baseline.push(await baseline.run())
    speeds.baseline.push(await baseline.run())
    speeds.subject.push(await subject.run())
  }
  const pairs = speeds.subject.map((speed, index) => speed / (speeds.baseline[index] ?? Number.NaN))
  const result: Comparison = {
    name,
    unit,
    ...speeds,
    ratio: round(sum(speeds.subject) / sum(speeds.baseline)),
    least: round(Math.min(...pairs)),
    greatest: round(Math.max(...pairs)),
  }
  const row = (side: string, values: readonly number[]): string =>
    `${side.padEnd(28)} ${values.map((value) => value.toFixed(0).padStart(10)).join('')}  ${unit}`
  console.log(`\n${name}\n${row(subject.name, speeds.subject)}\n${row(baseline.name, speeds.baseline)}`)
  console.log(`ratio ${result.ratio} (${result.least}–${result.greatest})\n${JSON.stringify(result)}`)
  return result
}
