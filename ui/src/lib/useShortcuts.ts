import { useEffect, useRef } from 'react'
import { getPreferences } from './preferences'

const TYPING = 'input, textarea, select, [contenteditable="true"], [role="dialog"]'
/** Keys that belong to the element that has the focus. */
const OWNED = new Set(['Enter', ' '])

export type Shortcuts = Record<string, (event: KeyboardEvent) => void>

/** Single keys as shortcuts: never while somebody types, and only where they are switched on. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts)
  useEffect(() => {
    current.current = shortcuts
  })
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (!getPreferences().shortcuts) return
      const target = event.target instanceof Element ? event.target : null
      if (target?.closest(TYPING)) return
      if (OWNED.has(event.key) && target?.closest('button, a')) return
      const act = current.current[event.key]
      if (!act) return
      event.preventDefault()
      act(event)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
}
