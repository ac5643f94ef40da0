import type { AnyProjection } from '../follower/projection.js'
import { catalogue } from './catalogue.js'
import { ledger } from './ledger.js'

/** Every view, with the projection that keeps it. */
export const projections: readonly AnyProjection[] = [ledger, catalogue]
