/**
 * The read-model port: documents and rows in builds, written under guards, so that repeated, overlapping and cut-off
 * batches converge without a transaction.
 *
 * A *build* is one incarnation of one projection's views: collections of its own, and a checkpoint. One small pointer per
 * projection says which build is live. Nothing is ever deleted from a build; a whole build that is not live may be dropped.
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** A whole state. `at` is the leaf number of the last event that changed it. */
export interface DocumentRecord {
  readonly key: string
  readonly at: number
  readonly body: JsonObject
}

/** One fact of a document at one event. */
export interface RowKey {
  /** The key of the document it belongs to. */
  readonly key: string
  /** The leaf number of the event that made it. */
  readonly leaf: number
}

/** `at` is the leaf number of the last event that changed the row; at first its own `leaf`. */
export interface RowRecord extends RowKey {
  readonly at: number
  readonly body: JsonObject
}

/** How far a build has come; `context` is what the projection carries along (closed periods, later). */
export interface ViewCheckpoint {
  readonly epoch: string
  readonly position: number
  /** Of the last event folded. */
  readonly id: string
  /** Of the last event folded. */
  readonly leaf: number
  readonly context: JsonObject
}

/** An index over fields of the rows' bodies, within one document key. */
export interface RowIndex {
  readonly name: string
  /** Top-level fields of the body. */
  readonly fields: readonly string[]
}

export interface BuildSpec {
  readonly projection: string
  /** Of the projection's code: the first part of a build's name. */
  readonly version: number
  /** The views' names: the one of the documents, and the one of the rows. */
  readonly documents: string
  readonly rows: string | null
  readonly indexes: readonly RowIndex[]
}

/** `<version>.<number>`: `3.1` makes the collections `balances@3.1`. */
export type BuildName = string

/** A batch in the order in which it is written: rows, documents, checkpoint, each acknowledged before the next. */
export interface ViewBatch {
  /** Guarded: applies only over a missing row or one with a lower `at`. */
  readonly rows: readonly RowRecord[]
  /** Guarded likewise. */
  readonly documents: readonly DocumentRecord[]
  /** Guarded likewise, by `leaf`. Left out: the checkpoint stays. */
  readonly checkpoint?: ViewCheckpoint
}

/** A projector's hold on one build. */
export interface ViewBuild {
  readonly name: BuildName
  checkpoint(): Promise<ViewCheckpoint | null>
  /** Those that exist, in any order. */
  documents(keys: readonly string[]): Promise<readonly DocumentRecord[]>
  /** Those that exist, in any order. */
  rows(keys: readonly RowKey[]): Promise<readonly RowRecord[]>
  /**
   * Writes a batch. May stop anywhere; what was written before stays valid. On a store with transactions it is one besides.
   * Rejects with `ViewStoreFull` (try again later), with `BuildGone` where the store finds that it was dropped, or with the store's own error.
   */
  commit(batch: ViewBatch): Promise<void>
  /** After a rebuild: makes the indexes that were left out while it ran. Idempotent. */
  finish(): Promise<void>
  /** Every document in key order, for comparing builds. */
  allDocuments(): AsyncIterable<DocumentRecord>
  /** Every row in (key, leaf) order. */
  allRows(): AsyncIterable<RowRecord>
}

export interface RowQuery {
  readonly key: string
  /** Inclusive bounds of `leaf`. */
  readonly from?: number
  readonly to?: number
  readonly direction: 'forwards' | 'backwards'
  /** At least 1. */
  readonly max: number
}

/** What a reader sees: always the live build of a projection, whole documents, in one build. */
export interface ViewReader {
  document(projection: string, key: string): Promise<DocumentRecord | null>
  row(projection: string, key: RowKey): Promise<RowRecord | null>
  rows(projection: string, query: RowQuery): Promise<readonly RowRecord[]>
  checkpoint(projection: string): Promise<ViewCheckpoint | null>
  close(): Promise<void>
}

/** Who does a projection's work, so that others need not do it too. It only spares work: no write of a build asks for it. */
export interface Lease {
  /** Drawn by each process; '': given back. */
  readonly holder: string
  /** Grows with every sign of life: one that stands still is of a process that is gone. */
  readonly beat: number
}

export interface ViewStore {
  readonly reader: ViewReader
  /** The build readers see, or `null` before the first. */
  liveBuild(projection: string): Promise<BuildName | null>
  /** Makes a build the live one; there must be such a build. */
  makeLive(projection: string, build: BuildName): Promise<void>
  /** A new build beside the others, without its late indexes, with the next free number of its version. */
  createBuild(spec: BuildSpec): Promise<ViewBuild>
  openBuild(spec: BuildSpec, build: BuildName): Promise<ViewBuild>
  /** Builds of a projection, oldest first. */
  builds(projection: string): Promise<readonly BuildName[]>
  /** Removes a build with all it holds. Rejects with `BuildIsLive` for the live one. */
  dropBuild(spec: BuildSpec, build: BuildName): Promise<void>
  /** `null`: nobody has held it yet. */
  lease(name: string): Promise<Lease | null>
  /** Puts `next` where `seen` lies (`null`: where none lies), in one step. `false`: another one lies there, and stays. */
  takeLease(name: string, seen: Lease | null, next: Lease): Promise<boolean>
  close(): Promise<void>
}

/** No space left for the views: nothing is lost, the batch is tried again. */
export class ViewStoreFull extends Error {
  readonly code = 'views_full'
}

/** The store of the views does not answer: nothing is lost, it is tried again. Thrown by every call of a store, a build or a reader, and by opening one. */
export class ViewsUnreachable extends Error {
  readonly code = 'views_unreachable'
}

/** The build was dropped, perhaps by another process: nothing can be written to it any more, and trying again does not help. */
export class BuildGone extends Error {
  readonly code = 'view_build_gone'
}

export class BuildIsLive extends Error {
  readonly code = 'build_is_live'
}
