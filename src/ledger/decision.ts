import type { Fact } from '../../events/catalogue.js'
import type { RefusalCode } from './refusals.js'

export interface Refusal {
  readonly code: RefusalCode
  /** A plain sentence with the particulars; no secrets, no stack. */
  readonly detail: string
  /** Rests on the request alone, so no newer state can change it. */
  readonly onRequest: boolean
}

export type Decision =
  /** At least one fact, all for the guarded stream; the last one is the command's own. */
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  /** Decided before: the first result lies at this revision of the guarded stream (leaf -1: in flight); nothing is written. */
  | { readonly kind: 'repeat'; readonly revision: number; readonly leaf: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Rests on a fact that is still in flight in the guarded stream: decide again when it is committed. */
  | { readonly kind: 'wait' }

export type Refused = Extract<Decision, { readonly kind: 'refused' }>

export const facts = (...all: readonly Fact[]): Decision => ({ kind: 'facts', facts: all })

export const repeat = (revision: number, leaf: number): Decision => ({ kind: 'repeat', revision, leaf })

export const wait: Decision = { kind: 'wait' }

/** A refusal that rests on state: it is answered only after a catch-up. */
export const refuse = (code: RefusalCode, detail: string): Refused => ({
  kind: 'refused',
  refusal: { code, detail, onRequest: false },
})

/** A refusal that rests on the request alone. */
export const refuseRequest = (code: RefusalCode, detail: string): Refused => ({
  kind: 'refused',
  refusal: { code, detail, onRequest: true },
})
