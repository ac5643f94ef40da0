/** `npm run bench -- <name>`: each prints ratios against a baseline of the same run, and a JSON line. */
const names = ['trade', 'read', 'bulk', 'latency', 'rebuild', 'cold-start', 'million', 'mongodb', 'eventstoredb']
const [name = ''] = process.argv.slice(2)
if (!names.includes(name)) {
  console.error(`npm run bench -- <name>, where the name is one of ${names.join(', ')}`)
  process.exit(2)
}
await import(`./${name}.js`)
