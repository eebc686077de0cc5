/** What this browser remembers of its person: the theme, and whether single keys are shortcuts. */
import { useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'
interface Preferences {
  theme: Theme
  shortcuts: boolean
  notify: boolean
}

const KEY = 'masterplan'
const DEFAULTS: Preferences = { theme: 'system', shortcuts: true, notify: false }

function stored(): Preferences {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') }
  } catch {
    return DEFAULTS
  }
}

let preferences = stored()
const listeners = new Set<() => void>()

export function setPreferences(change: Partial<Preferences>): void {
  preferences = { ...preferences, ...change }
  localStorage.setItem(KEY, JSON.stringify(preferences))
  applyTheme()
  for (const listener of listeners) listener()
}

export function applyTheme(): void {
  const { theme } = preferences
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export const getPreferences = (): Preferences => preferences

export function usePreferences(): Preferences {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, getPreferences)
}
