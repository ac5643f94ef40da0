import t from 'tap'
import { namedCards } from '../../src/commands/named-cards.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { idOf } from '../support/books.js'
import { STREAM } from '../support/charging.js'
import { paid, started } from '../support/device.js'
import { opened, recharged } from '../support/facts.js'
import { decode } from '../support/loop.js'
import { put } from '../support/on-sale.js'

const many = (count: number) => Array.from({ length: count }, () => recharged('ann', '1.00'))
const card = (n: number) => paid(1, { card: idOf(n) })
const named = (n: number, checkoutLeaf = 1) => ({ card: idOf(n), checkoutLeaf })

t.test('every card that an account has named is found, however long ago, and nothing else', async (t) => {
  const store = createMemoryEventStore()
  t.same(await namedCards({ store, decode }, 'ann'), [], 'no account')
  await put(store, STREAM, [opened('ann'), card(8), ...many(197), card(9)])
  t.same(await namedCards({ store, decode }, 'ann'), [named(9), named(8)], 'one page')
  await put(store, STREAM, [started(), ...many(300), paid(200), card(10), ...many(99)], 200)
  t.same(await namedCards({ store, decode }, 'ann'), [named(10), named(9), named(8)])
})

t.test('a stretch ends where its checkout began, and before its end', async (t) => {
  const store = createMemoryEventStore()
  const [one, other] = [started(), started({ checkout: idOf(0x77) })]
  await put(store, STREAM, [opened('ann'), card(8), one, card(9), other, card(10), card(11), card(12)])
  t.same(await namedCards({ store, decode }, 'ann', { checkout: idOf(7), before: 6 }), [named(10), named(9)])
  t.same(await namedCards({ store, decode }, 'ann', { checkout: idOf(0x77), before: 6 }), [named(10)])
})
