import t from 'tap'
import { OutcomeUnknown } from '../../src/store/errors.js'
import { event, ids } from '../contract/names.js'
import { all, begin, insist, times, until } from '../support/eventstoredb/begun.js'

t.test('a clock that differs refuses writes, says so, and is forgiven when it is right', async (t) => {
  let ahead = 60_000
  const { store, said, double } = await begin(t, { clock: () => Date.now() + ahead })
  const refused = { code: 'clock', message: "our clock is 60 s ahead of the event store's; set both right" }
  await t.rejects(store.append('s', -1, [event('a')]), refused)
  t.match(store.trouble(), { code: 'clock', detail: refused.message })
  t.same(await store.readLog({ after: null, max: 1 }), [])
  ahead = 0
  await until(() => store.trouble() === null)
  await store.append('s', -1, [event('a')])
  await double.fault({ kind: 'clock', milliseconds: 30_000 })
  await until(() => store.trouble() !== null)
  t.match(store.trouble(), { code: 'clock', detail: /our clock is 30 s behind/ })
  await t.rejects(store.append('s', 0, [event('b')]), { code: 'clock' })
  await double.fault({ kind: 'clock', milliseconds: 0 })
  await until(() => store.trouble() === null)
  t.match(said, [/^clock: /, 'the clock is right again', /^clock: /, 'the clock is right again'])
})

t.test('what is in doubt is asked for also while the clock is wrong', async (t) => {
  const { store, double } = await begin(t)
  await double.fault({ kind: 'drop', stream: 'ledger-s' })
  await t.rejects(store.append('s', -1, [event('a')]), OutcomeUnknown)
  await double.fault({ kind: 'clock', milliseconds: -60_000 })
  await until(() => store.trouble()?.code === 'clock')
  t.equal((await insist(store, 's', -1, [event('a')])).revision, 0)
  await t.rejects(store.append('s', 0, [event('b')]), { code: 'clock' })
})

t.test(
  'a clock that is days behind is called that, though the server only says that every append is too late',
  async (t) => {
    const { store, said, double, open } = await begin(t)
    const detail = "our clock is more than a day behind the event store's; set both right"
    await store.append('s', -1, [event('a')])
    await double.fault({ kind: 'drop', stream: 'ledger-doubtful' })
    await t.rejects(store.append('doubtful', -1, [event('x')]), OutcomeUnknown)
    await double.fault({ kind: 'clock', milliseconds: 400 * 86_400_000 })
    const refused = ['s', 'other'].map((stream) =>
      store.append(stream, stream === 's' ? 0 : -1, [event(`${stream}-b`)]),
    )
    await Promise.all(refused.map((one) => t.rejects(one, { code: 'clock', message: detail })))
    t.same(store.trouble(), { code: 'clock', detail })
    await t.rejects(store.append('doubtful', -1, [event('x')]), OutcomeUnknown, 'it may be there from before')
    t.same(store.trouble(), { code: 'clock', detail }, 'the server answers, after all')
    const late = await open()
    t.same(late.trouble(), { code: 'clock', detail }, 'also from the start')
    t.same(ids(await late.readStream('s', all)), ['a'])
    await double.fault({ kind: 'clock', milliseconds: 0 })
    await until(() => store.trouble() === null && late.trouble() === null)
    await store.append('s', 0, [event('b')])
    t.equal((await insist(store, 'doubtful', -1, [event('x')])).revision, 0)
    t.ok(said.every((message) => !message.includes('deadline-exceeded')))
    await late.close()
  },
)

t.test('a clock that somebody sets is not trusted before it was compared again', async (t) => {
  let ahead = 0
  const slow = { times: { ...times, probe: 60_000, probeSoon: 200 } }
  const { store, said, double } = await begin(t, { clock: () => Date.now() + ahead, ...slow })
  await store.append('s', -1, [event('a')])
  ahead = 60_000
  const detail = "our clock was set by 60 s; it is compared with the event store's again"
  t.same(store.trouble(), { code: 'clock', detail })
  await t.rejects(store.append('s', 0, [event('b')]), { code: 'clock', message: detail })
  await until(() => /^our clock is 60 s ahead/.test(store.trouble()?.detail ?? ''))
  await double.fault({ kind: 'clock', milliseconds: 60_000 })
  await until(() => store.trouble() === null)
  await store.append('s', 0, [event('b')])
  t.same(said, [`clock: ${detail}`, 'the clock is right again'])
})
