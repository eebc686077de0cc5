import { defineConfig } from '@playwright/test'

const { BUDGETS, CHROMIUM, GALLERY } = process.env
/** Timings need the machine to themselves; pictures are taken on demand. */
const alone = GALLERY ? 'gallery.spec.ts' : BUDGETS ? 'performance.spec.ts' : undefined

export default defineConfig({
  testDir: 'e2e',
  testMatch: alone ?? /(?<!gallery)\.spec\.ts$/,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  workers: alone ? 1 : 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 860 },
    launchOptions: {
      // `make` names it; see scripts/chromium.sh.
      executablePath: CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
