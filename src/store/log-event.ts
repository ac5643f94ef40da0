import { type Metadata, metadataSchema } from '../../events/envelope.js'
import { accountName, date, instant, uuid } from '../../events/parts.js'
import { flatParser } from './flat.js'
import type { RecordedEvent } from './port.js'

/**
 * An event as a follower hands it on. Its metadata was checked and is taken apart when somebody first reads it, which not every fold does.
 * Copying one by spreading would leave the metadata behind.
 */
export class LogEvent {
  readonly id: string
  readonly stream: string
  readonly revision: number
  readonly #text: string
  #metadata: Metadata | null = null

  constructor(
    readonly type: string,
    readonly data: unknown,
    readonly leaf: number,
    { id, stream, revision, metadata }: RecordedEvent,
  ) {
    this.id = id
    this.stream = stream
    this.revision = revision
    this.#text = metadata
  }

  get metadata(): Metadata {
    this.#metadata ??= parseMetadata(this.#text) as Metadata
    return this.#metadata
  }
}

export const parseMetadata = flatParser(metadataSchema)

/** A pattern without its anchors. */
const bare = (anchored: string): string => anchored.slice(1, -1)
/** Visible ASCII, of which JSON escapes `"` and `\`. */
const visible = '[!#-\\[\\]-~]'

const members: readonly string[] = [
  `"actor":"(?:${bare(accountName.pattern)}|system:[a-z-]{1,57})"`,
  `,"causationId":"${bare(uuid.pattern)}"`,
  `,"correlationId":"${visible}{1,128}"`,
  `(?:,"effectiveDate":"${bare(date.pattern)}")?`,
  '(?:,"fingerprint":"[A-Za-z0-9_-]{43}")?',
  `(?:,"key":"[a-z-]{1,40} ${visible}{1,255}")?`,
  `,"recordedAt":"${bare(instant.pattern)}"`,
]

/**
 * Matches metadata that is canonical, without escapes, and valid by its schema, as nearly all is: one look at the text, where parsing and
 * checking cost four times as much. What it does not match may be valid all the same.
 */
export const plainMetadata = new RegExp(`^\\{${members.join('')}\\}$`, 'u')
