import { fc } from '../support/fast-check.js'

/** Whole numbers, for money is text; no text that is half of a surrogate pair, for none comes in. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('json'), { maxKeys: 3 }),
  ),
}))

/** Bodies of documents and rows, with names that mean something to one store or another. */
export const bodies = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$gt', 'a.b', '', '_id', '9', '\0')), json)
