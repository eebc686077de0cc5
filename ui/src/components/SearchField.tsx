import { useEffect, useRef, useState } from 'react'

export const TYPING_PAUSE_MS = 200

interface Props {
  /** What is searched for, as the address has it. */
  value: string
  onSearch(words: string): void
}

/** Searches once the typing rests; an address that changes for another reason changes the words. */
export function SearchField({ value, onSearch }: Props) {
  const [words, setWords] = useState(value)
  const asked = useRef(value)
  useEffect(() => {
    if (value === asked.current) return
    asked.current = value
    setWords(value)
  }, [value])
  const search = () => {
    if (words === asked.current) return
    asked.current = words
    onSearch(words)
  }
  useEffect(() => {
    const timer = setTimeout(search, TYPING_PAUSE_MS)
    return () => clearTimeout(timer)
  })
  return (
    <input
      type="search"
      aria-label="Search plans"
      placeholder="Search title or goal  ( / )"
      dir="auto"
      value={words}
      onChange={(event) => setWords(event.target.value)}
      // Who leaves for another page must not be called back by a search that was still to come.
      onBlur={search}
      className="field h-9 w-full md:max-w-72"
    />
  )
}
