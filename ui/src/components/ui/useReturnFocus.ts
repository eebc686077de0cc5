import { useRef } from 'react'

/**
 * Gives the focus back to where it was before something opened above the page. Radix gives it to a
 * trigger of its own, which what is opened by a key or from a row does not have.
 */
export function useReturnFocus() {
  const before = useRef<Element | null>(null)
  return {
    remember: () => {
      before.current = document.activeElement
    },
    giveBack: (event: Event) => {
      event.preventDefault()
      if (before.current instanceof HTMLElement) before.current.focus()
    },
  }
}
