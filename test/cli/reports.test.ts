import { writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { projections } from '../../src/projections/projections.js'
import { impostor } from '../support/impostor.js'
import { folder, run, serve } from '../support/serving.js'

t.test('the books, and the views made from them', async (t) => {
  const cwd = folder(t)
  const data = join(cwd, 'data')
  const cli = (...args: readonly string[]) => run('cli', cwd, args).ended
  const first = await serve(t, data)
  await first.ask('POST', '/v1/accounts', { name: 'shop' })
  await first.ask('POST', '/v1/accounts', { name: 'alice' })
  await first.ask('POST', '/v1/accounts/alice/recharges', { amount: '100' })
  await first.ask('POST', '/v1/transfers', { buyer: 'alice', seller: 'shop', amount: '30' })
  await first.server.close()
  const views = new Database(join(data, 'views.db'))
  views.exec(`UPDATE "balances@4.1" SET body = replace(body, '30.00', '31.00') WHERE key = 'shop'`)
  views.exec(`DELETE FROM "amounts@4.1" WHERE leaf = 2`)
  views.exec(`INSERT INTO "balances@4.1" SELECT 'ghost', at, body FROM "balances@4.1" WHERE key = 'shop'`)
  views.close()
  const { ask } = await serve(t, data)

  await t.test('the trial balance', async (t) => {
    const { code, out, err } = await cli('trial-balance')
    t.equal(code, 0)
    t.match(err, '4 events')
    t.same(
      out.split('\n').map((line) => line.replace(/ +/g, ' ')),
      [
        'cur debit credit account',
        'CNY 100.00 0.00 assets:clearing:manual',
        'CNY 30.00 100.00 liabilities:wallet:alice',
        'CNY 0.00 30.00 liabilities:wallet:shop',
        'The books balance.',
        '',
      ],
    )
  })

  await t.test('a view that was tampered with is told apart, and made right', async (t) => {
    t.match((await ask('GET', '/v1/accounts/shop')).text, '"actual":"31.00"')
    const { code, out, err } = await cli('rebuild', 'amounts')
    t.equal(code, 3)
    t.match(out, /^Build 4\.2 of ledger, from 4 events, is live: 8 compared, 3 different, 0 moved on meanwhile\.\n/)
    t.match(out, /\ndocuments shop\n {2}before {.*"actual":"31\.00".*}\n {2}after {2}{.*"actual":"30\.00".*}\n/)
    t.match(out, /\nrows alice, event 2\n {2}before nothing\n {2}after {2}{.*}\n/)
    t.match(out, /\ndocuments ghost\n {2}before {.*}\n {2}after {2}nothing\n/)
    t.match(err, /^4 events \[#{30}\]\n$/)
    t.match((await ask('GET', '/v1/accounts/shop')).text, '"actual":"30.00"')
  })

  await t.test('a view that is right stays as it is', async (t) => {
    const { code, out } = await cli('rebuild')
    t.equal(code, 0)
    t.match(out, /^Build 4\.3 of ledger, from 4 events, is live: 7 compared, 0 different, 0 moved on meanwhile\.\n/)
    t.equal(out.match(/ 0 different/g)?.length, projections.length)
  })

  await t.test('a refusal is shown by its code', async (t) => {
    const { code, err } = await cli('rebuild', 'everything')
    t.same([code, err], [1, 'view_not_found: There is no view everything.\n'])
  })

  await t.test('an empty log is no error', async (t) => {
    const other = folder(t)
    await serve(t, join(other, 'data'))
    const { code, out } = await run('cli', other, ['trial-balance']).ended
    t.equal(code, 0)
    t.match(out, 'The books balance.')
    const rebuilt = await run('cli', other, ['rebuild']).ended
    t.match(rebuilt, {
      code: 0,
      out: /^Build 4\.2 of ledger, from 0 events, is live: 0 compared, 0 different, 0 moved on meanwhile\.\n/,
    })
  })
})

/** A rebuild asked of something else at the address where the server was. */
const against = async (t: Test, answer: RequestListener) => {
  const cwd = await impostor(t, answer)
  return run('cli', cwd, ['rebuild']).ended
}

t.test('a rebuild needs a server', async (t) => {
  await t.test('that runs', async (t) => {
    const cwd = folder(t)
    t.match(await run('cli', cwd, ['rebuild']).ended, {
      code: 1,
      err: /^server_not_running: no server runs with the data folder/,
    })
    const left = [
      ['{"address":"http://127.0.0.1:9"}', /^server_not_running: nobody answers at http:\/\/127\.0\.0\.1:9; /],
      ['half a fi', /^server_not_running: nobody answers at /],
    ] as const
    for (const [text, err] of left) {
      writeFileSync(join(cwd, 'data', 'server.json'), text)
      t.match(await run('cli', cwd, ['rebuild']).ended, { code: 1, err })
    }
  })

  await t.test('of ours', async (t) => {
    for (const page of ['<html>', '{}', 'null']) {
      const ended = await against(t, (_request, reply) => reply.writeHead(404).end(page))
      t.match(ended, { code: 1, err: /^server_not_running: what answers at .* is no server of ours/ })
    }
  })

  await t.test('that stays to the end', async (t) => {
    const broken = {
      code: 1,
      err: /^5 events \[#{15}\.{15}\]\ninterrupted: the server broke off; the live build is as it was\n/,
    }
    const progress = '{"kind":"progress","done":5,"total":10}\n'
    t.match(await against(t, (_request, reply) => reply.end(progress + progress)), broken)
    const cut: RequestListener = (_request, reply) => {
      reply.write(progress)
      setTimeout(() => reply.destroy(), 200)
    }
    t.match(await against(t, cut), broken)
  })

  await t.test('that can', async (t) => {
    const failed = '{"kind":"failed","code":"views_full","detail":"no space"}\n'
    t.match(await against(t, (_request, reply) => reply.end(failed)), { code: 1, err: 'views_full: no space\n' })
  })
})
