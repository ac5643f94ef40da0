import { createOneRun, type OneRun, type OneRunOptions } from './one-run.js'
import { type RenewalRun, type Renewed, runRenewals } from './renewals.js'

export interface RenewingOptions
  extends OneRunOptions,
    Pick<RenewalRun, 'commands' | 'due' | 'charge' | 'mac' | 'log'> {}

export type AskedToRenew = Pick<RenewalRun, 'asOf' | 'actor' | 'correlationId' | 'progress'>

/** Renewals that somebody asks for. */
export type Renewing = OneRun<AskedToRenew, Renewed>

export const createRenewing = ({ loop, flushed, wait, ...common }: RenewingOptions): Renewing =>
  createOneRun({ loop, flushed, wait }, (asked, signal) => runRenewals({ ...common, ...asked, signal }))
