import { type SetStateAction, useState } from 'react'

/** Text that is typed and not sent yet; this tab keeps it, whatever is closed or loaded anew. */
export function useUnsent(name: string): [string, (change: SetStateAction<string>) => void] {
  const [, render] = useState({})
  const set = (change: SetStateAction<string>) => {
    keep(name, typeof change === 'function' ? change(kept(name)) : change)
    render({})
  }
  return [kept(name), set]
}

const keyOf = (name: string) => `masterplan:unsent:${name}`

const kept = (name: string) => sessionStorage.getItem(keyOf(name)) ?? ''

function keep(name: string, text: string): void {
  if (text) sessionStorage.setItem(keyOf(name), text)
  else sessionStorage.removeItem(keyOf(name))
}
