import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RequestRefused } from './errors.js'
import type { JsonValue } from './json.js'
import { readJson } from './json-reader.js'
import type { Surface } from './route.js'

const FOREIGN_CHARSET = /;\s*charset\s*=(?!\s*"?utf-?8"?\s*(?:;|$))/i

/** Makes our reader the only one of a scope. An empty body is none. */
export const readBodies = (scope: FastifyInstance, { contentTypes, untyped }: Surface): void => {
  const parse = (
    request: FastifyRequest,
    bytes: Buffer,
    done: (error: Error | null, body?: JsonValue | undefined) => void,
  ): void => {
    const type = request.headers['content-type']
    // What is thrown here, Fastify hands to the error handler.
    if (type !== undefined && FOREIGN_CHARSET.test(type)) throw new RequestRefused('unsupported_media_type')
    done(null, bytes.byteLength === 0 ? undefined : readJson(bytes))
  }
  scope.removeAllContentTypeParsers()
  if (contentTypes === 'any') {
    scope.addHook('onRequest', ({ raw }, _reply, done) => {
      // Fastify itself refuses what is no content type at all. Deleted, it would make an object that is slow to read.
      raw.headers['content-type'] = undefined
      done()
    })
  } else {
    scope.addContentTypeParser([...contentTypes], { parseAs: 'buffer' }, parse)
  }
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    if (untyped && request.headers['content-type'] === undefined) parse(request, bytes, done)
    else done(bytes.byteLength === 0 ? null : new RequestRefused('unsupported_media_type'))
  })
}
