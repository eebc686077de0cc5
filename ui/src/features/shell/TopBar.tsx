import { CircleHelp, Command, Monitor, Moon, Search, Sun } from 'lucide-react'
import { GlassButton } from '@/components/glass/GlassButton'
import { setPreferences, type Theme, usePreferences } from '@/lib/preferences'
import { Connection } from './Connection'
import { Mark } from './Mark'

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }
const ICONS = { system: Monitor, light: Sun, dark: Moon }

interface Props {
  onPalette(): void
  onHelp(): void
}

export function TopBar({ onPalette, onHelp }: Props) {
  const { theme } = usePreferences()
  return (
    <header className="flex h-14 items-center justify-end gap-1 md:h-[4.25rem]">
      <span className="mr-auto flex items-center gap-2 font-semibold md:hidden">
        <Mark className="size-5" />
        Masterplan
      </span>
      <Connection />
      <button
        type="button"
        onClick={onPalette}
        aria-label="Search and commands"
        className="ml-2 flex h-9 items-center gap-2 rounded-lg border border-boundary bg-raised px-3 text-sm text-soft hover:text-ink"
      >
        <Search aria-hidden className="size-4" />
        <span className="hidden sm:inline">Search</span>
        <kbd className="hidden items-center gap-0.5 font-sans text-xs sm:flex">
          <Command aria-hidden className="size-3" />K
        </kbd>
      </button>
      <GlassButton
        tone="quiet"
        size="icon"
        icon={ICONS[theme]}
        aria-label={`Theme: ${theme}`}
        title={`Theme: ${theme}`}
        onClick={() => setPreferences({ theme: NEXT[theme] })}
      />
      <GlassButton
        tone="quiet"
        size="icon"
        icon={CircleHelp}
        aria-label="Help and keyboard shortcuts"
        title="Help (?)"
        onClick={onHelp}
      />
    </header>
  )
}
