// Makes the TypeScript types from contract/*.json; with --check it only compares.
import { readFile, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'

const root = new URL('../', import.meta.url)
const made = { 'openapi.json': 'schema.d.ts', 'events.json': 'events.d.ts' }
const check = process.argv.includes('--check')

for (const [source, target] of Object.entries(made)) {
  const types = astToString(await openapiTS(new URL(`contract/${source}`, root)))
  const text = `// Made from contract/${source}; run \`npm run types\` to make it anew.\n\n${types}`
  const file = new URL(`src/api/${target}`, root)
  if (!check) await writeFile(file, text)
  else if ((await readFile(file, 'utf8')) !== text) {
    console.error(`src/api/${target} is not what contract/${source} says; run: npm run types`)
    process.exitCode = 1
  }
}
