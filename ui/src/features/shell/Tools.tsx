/** What every page has at hand: in the rail of a wide window, in the bar of a narrow one. */
import { CircleHelp, Command, Monitor, Moon, Search, Sun } from 'lucide-react'
import { GlassButton } from '@/components/glass/GlassButton'
import { setPreferences, type Theme, usePreferences } from '@/lib/preferences'

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }
const ICONS = { system: Monitor, light: Sun, dark: Moon }

/** What the tools open above the page. */
export interface ShellActions {
  onPalette(): void
  onHelp(): void
}

export function SearchField({ onPalette }: Pick<ShellActions, 'onPalette'>) {
  return (
    <button
      type="button"
      onClick={onPalette}
      aria-label="Search and commands"
      className="flex h-9 w-full items-center gap-2.5 rounded-lg border border-boundary bg-raised px-2.5 text-sm text-soft hover:text-ink"
    >
      <Search aria-hidden className="size-4" />
      Search
      <kbd className="ml-auto flex items-center gap-0.5 font-sans text-xs">
        <Command aria-hidden className="size-3" />K
      </kbd>
    </button>
  )
}

export function ThemeButton() {
  const { theme } = usePreferences()
  return (
    <GlassButton
      tone="quiet"
      size="icon"
      icon={ICONS[theme]}
      aria-label={`Theme: ${theme}`}
      title={`Theme: ${theme}`}
      onClick={() => setPreferences({ theme: NEXT[theme] })}
    />
  )
}

export function HelpButton({ onHelp }: Pick<ShellActions, 'onHelp'>) {
  return (
    <GlassButton
      tone="quiet"
      size="icon"
      icon={CircleHelp}
      aria-label="Help and keyboard shortcuts"
      title="Help (?)"
      onClick={onHelp}
    />
  )
}
