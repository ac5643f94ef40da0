import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { errorCatalogue } from '../../src/http/errors.js'

/** The text of docs/errors.md. */
export const errorsDocument = (): string =>
  [
    '# Errors',
    '',
    'Every refusal has a code. The bill API shows it as `{"code": <number>, "msg": "<code>: <sentence>"}`, `/v1` as',
    '`application/problem+json` with `code` and `next`. Codes and numbers are never reused.',
    '',
    '| number | code | status | what happened | what to do |',
    '|---|---|---|---|---|',
    ...Object.entries(errorCatalogue).map(
      ([code, { number, status, meaning, next }]) => `| ${number} | \`${code}\` | ${status} | ${meaning} | ${next} |`,
    ),
    '',
  ].join('\n')

// node dist/test/http/errors-document.js writes the document anew.
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync('docs/errors.md', errorsDocument())
}
