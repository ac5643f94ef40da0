import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { fromEvent } from '../../../src/ledger/money.js'
import { ledger } from '../../../src/projections/ledger.js'
import type { ViewReader } from '../../../src/views/port.js'
import { fc } from '../../support/fast-check.js'
import { anyHistory, owners } from '../../support/random-history.js'
import { admin, createWorld, logOf, story, viewsOf } from '../world.js'

interface Movement {
  readonly trans_id: string
  readonly amount: string
  readonly status: string
  readonly direction: string
}

/** Numbers as they were written. */
const movementsOf = (body: string): readonly Movement[] =>
  JSON.parse(body.replaceAll(/"amount":([0-9.]+)/g, '"amount":"$1"'))

const minor = (amount: string): bigint => {
  const [whole = '', cents = ''] = amount.split('.')
  return fromEvent(`${whole}.${cents.padEnd(2, '0')}`)
}

const effective = (status: string): boolean => status === 'finish' || status === 'refunding'

/** What a card pays for plans, and gets back, is no part of a balance. */
const ofCards = ({ trans_id }: Movement, history: readonly Fact[]): boolean => {
  const fact = history[Number(trans_id)]
  return fact?.type === 'CardRefunded' || fact?.type === 'CheckoutStarted'
}

const balanceIn = (movements: readonly Movement[], history: readonly Fact[]): bigint =>
  movements
    .filter((movement) => effective(movement.status) && !ofCards(movement, history))
    .reduce((sum, { amount, direction }) => (direction === 'in' ? sum + minor(amount) : sum - minor(amount)), 0n)

t.test('what came in less what went out, by status, is the balance; whatever happened before', async (t) => {
  let views: ViewReader = viewsOf([])
  const { app } = createWorld(story, {
    views: {
      document: (...asked) => views.document(...asked),
      row: (...asked) => views.row(...asked),
      rows: (...asked) => views.rows(...asked),
      checkpoint: (...asked) => views.checkpoint(...asked),
    },
  })
  const get = (url: string) => app.inject({ url, headers: { authorization: admin() } })
  const statuses = new Set<string>()
  let seen = 0

  const audit = async (owner: string, limit: number, history: readonly Fact[]): Promise<void> => {
    const found: Movement[] = []
    let url: string | undefined = `/payment/v1/amounts?namespace=${owner}&limit=${limit}`
    while (url !== undefined) {
      const page: LightMyRequestResponse = await get(url)
      const movements = movementsOf(page.body)
      if (movements.length > limit) throw new Error(`${movements.length} movements on a page of ${limit}`)
      found.push(...movements)
      url = /<([^>]+)>/.exec(String(page.headers.link ?? ''))?.[1]
    }
    const numbers = found.map(({ trans_id }) => Number(trans_id))
    if (numbers.some((leaf, index) => leaf >= (numbers[index - 1] ?? Number.POSITIVE_INFINITY)))
      throw new Error('order')
    const document = await views.document('ledger', owner)
    const actual = document === null ? 0n : ledger.document.decode(document.body).actual
    if (balanceIn(found, history) !== actual) throw new Error(`${owner} has ${actual}, but ${JSON.stringify(found)}`)
    for (const { status } of found) statuses.add(status)
    const one = found[seen % Math.max(found.length, 1)]
    if (one !== undefined) {
      const alone = await get(`/payment/v1/amounts/${one.trans_id}?namespace=${owner}`)
      if (JSON.stringify(movementsOf(alone.body)) !== JSON.stringify(one)) throw new Error(`alone: ${alone.body}`)
    }
    seen += found.length
  }

  const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2_147_483_647)
  const numRuns = Number(process.env.COUNTERFOIL_RUNS ?? 100)
  const property = fc.asyncProperty(anyHistory(120), fc.integer({ min: 1, max: 30 }), async (history, limit) => {
    views = viewsOf(logOf(history))
    for (const owner of owners) await audit(owner, limit, history)
  })
  await fc.assert(property, { seed, numRuns })
  t.pass(`${numRuns} histories, ${seen} movements, COUNTERFOIL_SEED=${seed}`)
  t.strictSame([...statuses].sort(), ['finish', 'pending', 'refunded', 'refunding'])
})

t.test('the histories hold every event that touches an account', async (t) => {
  const drawn = fc.sample(anyHistory(120), { seed: 1, numRuns: 100 }).flat()
  const handled: readonly Fact['type'][] = ledger.handles
  t.strictSame(
    handled.filter((wanted) => !drawn.some(({ type }) => type === wanted)),
    [],
  )
})
