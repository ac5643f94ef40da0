import type { MessagePort } from 'node:worker_threads'
import type { RebuildEnd } from './reports/rebuild.js'

/** What the projecting thread is started with. */
export interface ProjectorData {
  readonly events: string
  readonly views: string
  readonly writeModel: string
  /** A message here: the log has grown. `null`: the log tells by itself. */
  readonly committed: MessagePort | null
}

/** What the main thread says to it. */
export type ToProjector =
  | { readonly kind: 'rebuild' }
  /** Breaks off a rebuild under way, and takes no other. */
  | { readonly kind: 'stop-rebuilds' }
  | { readonly kind: 'close' }

/** One of the things that follow the log there, as an operator wants to see it. */
export interface FollowerState {
  readonly name: string
  /** Of the last event taken; -1: none yet. */
  readonly leaf: number
  readonly trouble: { readonly code: string; readonly detail: string } | null
}

/** What it says to the main thread. */
export type FromProjector =
  /** The write model's file is caught up to the log as it was at the start: the write side follows from here. */
  | { readonly kind: 'ready'; readonly position: number | null; readonly leaf: number; readonly recordedAt: string }
  /** The file holds everything up to this leaf number. */
  | { readonly kind: 'flushed'; readonly leaf: number }
  /** Readers of a projection's live build see everything up to this leaf number. */
  | { readonly kind: 'passed'; readonly projection: string; readonly leaf: number }
  | { readonly kind: 'state'; readonly followers: readonly FollowerState[] }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'rebuilt'; readonly end: RebuildEnd }
