import { ledger } from '../../projections/ledger.js'
import { errorCatalogue, RequestRefused } from '../errors.js'
import { writeJson } from '../json.js'
import { readName } from '../names.js'
import type { Surface } from '../route.js'
import { cancel } from './cancel.js'
import { detail } from './detail.js'
import { infoRoutes } from './info.js'
import { recharge } from './recharge.js'
import { status } from './status.js'
import { trade } from './trade.js'

/** The bill API: seed 001. */
export const bill: Surface = {
  name: 'bill',
  routes: [...infoRoutes, detail, recharge, trade, cancel, status],
  views: [ledger],
  contentTypes: ['application/json', 'text/json'],
  untyped: true,
  refuse: ({ code, detail: sentence, instance }) => ({
    type: 'application/json; charset=utf-8',
    body: writeJson({
      code: errorCatalogue[code].number,
      msg: `${code}: ${sentence}${instance === undefined ? '' : ` (request ${instance})`}`,
    }),
  }),
  admit: (caller, { user }) => {
    if (user === undefined || user === caller.subject) return
    // Node reads headers as latin1; names are UTF-8.
    const name = readName(Buffer.from(String(user), 'latin1').toString('utf8'))
    if (name !== caller.subject) throw new RequestRefused('forbidden', 'USER is not the one whom the token names.')
  },
}
