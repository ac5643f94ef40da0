import { type Metadata, metadataSchema } from '../../events/envelope.js'
import { plainForm } from './plain.js'
import type { RecordedEvent } from './port.js'

export const metadataForm = plainForm(metadataSchema)

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
    this.#metadata ??= (metadataForm.read(this.#text) ?? JSON.parse(this.#text)) as Metadata
    return this.#metadata
  }
}
