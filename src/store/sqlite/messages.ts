import type { MessagePort } from 'node:worker_threads'

/** What passes between the threads of a store: flat arrays, because cloning objects costs more than writing the rows. */

/** Several appends on their way to the writer. */
export interface Batch {
  /** One of each per append. */
  readonly streams: string[]
  readonly expected: number[]
  readonly counts: number[]
  /** Four per event: id, type, data, metadata. */
  readonly texts: string[]
}

/** What became of one append. Each is three numbers of an answer: kind, revision (of its last event, or the actual one), position. */
export const STORED = 0
export const STORED_BEFORE = 1
export const WRONG_REVISION = 2

export interface WriterData {
  readonly path: string
  readonly acceptLog: boolean
  /** For a store that does not exist yet. */
  readonly freshEpoch: string
  /** Empty messages to whoever follows the log in another thread, and holds the other end: it has grown; and from him: he looks. */
  readonly committed: MessagePort | null
}

export type FromWriter =
  /** The store cannot be opened yet; it is tried again. */
  | { readonly kind: 'waiting'; readonly detail: string }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }
  | { readonly kind: 'opened'; readonly accepted: string | null }
  /** Answers and refusals come in the order of the appends. */
  | { readonly kind: 'answer'; readonly results: number[] }
  /** Nothing of the next so many appends is stored. */
  | { readonly kind: 'full'; readonly appends: number; readonly detail: string }
  /** Nobody knows what of them is stored, and nothing more will be. */
  | { readonly kind: 'failed'; readonly detail: string }

export type FromCheckpointer = { readonly kind: 'failed'; readonly detail: string }
