import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { errorCatalogue } from '../../src/http/errors.js'
import { operatorErrors } from '../../src/operator-errors.js'

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
    ...Object.entries(errorCatalogue)
      .sort(([, one], [, other]) => one.number - other.number)
      .map(
        ([code, { number, status, meaning, next }]) => `| ${number} | \`${code}\` | ${status} | ${meaning} | ${next} |`,
      ),
    '',
    '## For whoever runs it',
    '',
    'What the server says at its start (exit code 1), what `/ready` names per part, and what the command line says, besides the',
    'codes above.',
    '',
    '| code | what happened | what to do |',
    '|---|---|---|',
    ...Object.entries(operatorErrors).map(([code, { meaning, next }]) => `| \`${code}\` | ${meaning} | ${next} |`),
    '',
  ].join('\n')

// node dist/test/http/errors-document.js writes the document anew.
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync('docs/errors.md', errorsDocument())
}
