import type { MessagePort } from 'node:worker_threads'
import type { Passed } from './follower/owed.js'
import type { EventsLocation, ViewsLocation } from './locations.js'
import type { RebuildEnd } from './reports/rebuild.js'

/** What the following thread is started with. */
export interface ProjectorData {
  readonly events: EventsLocation
  readonly views: ViewsLocation
  /** `false`: other processes fold the views. */
  readonly projects: boolean
  /** The path of its file; `null`: nobody decides in this process. */
  readonly writeModel: string | null
  /** Whoever reads the views is in this process, and says `store` first; nobody waits for them otherwise. */
  readonly lazy: boolean
  /** A message here: the log has grown; one from here: it is looked at. `null`: the log tells by itself, or nobody waits for it. */
  readonly committed: MessagePort | null
}

/** What the main thread says to it. */
export type ToProjector =
  /** A reader wants these views as they are after an event: it is to be folded, if it is not, and what they keep back written. */
  | { readonly kind: 'store'; readonly projection: string; readonly leaf: number }
  /** Somebody waits for what may lie in the log. */
  | { readonly kind: 'look' }
  /** One after another, by name. */
  | { readonly kind: 'rebuild'; readonly projections: readonly string[] }
  /** Breaks off a rebuild under way, and takes no other. */
  | { readonly kind: 'stop-rebuilds' }
  | { readonly kind: 'close' }

/** Why something does not go on now. */
export interface Hindrance {
  readonly code: string
  readonly detail: string
}

/** One of the things that follow the log there, as an operator wants to see it. */
export interface FollowerState {
  readonly name: string
  /** Of the last event taken; -1: none yet. */
  readonly leaf: number
  readonly trouble: Hindrance | null
  readonly doing: 'following' | 'opening' | 'standby'
}

/** Where the write side starts to follow the log. */
export type Start = Extract<FromProjector, { kind: 'ready' }>

/** What it says to the main thread. */
export type FromProjector =
  /** The write model's file, where there is one, is caught up to the log as it was at the start: the write side follows from here. */
  | { readonly kind: 'ready'; readonly position: number | null; readonly leaf: number; readonly recordedAt: string }
  /** The file holds everything up to this leaf number. */
  | { readonly kind: 'flushed'; readonly leaf: number }
  /** By projection: readers of its live build see everything up to this leaf number. `stored`: where it is lower, up to where without asking. */
  | (Passed & { readonly kind: 'passed' })
  /** `events`: why the log cannot be opened. */
  | { readonly kind: 'state'; readonly events: Hindrance | null; readonly followers: readonly FollowerState[] }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'rebuilt'; readonly end: RebuildEnd }
  /** Something for the operator. */
  | { readonly kind: 'say'; readonly message: string }
