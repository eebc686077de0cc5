import { Search } from 'lucide-react'
import { GlassButton } from '@/components/glass/GlassButton'
import { Connection } from './Connection'
import { Mark } from './Mark'
import { HelpButton, type ShellActions, ThemeButton } from './Tools'

/** The head of a narrow page; a wide one has the same at its side. */
export function TopBar(props: ShellActions) {
  return (
    <header className="flex h-14 items-center justify-end gap-1">
      <span className="mr-auto flex items-center gap-2 font-semibold">
        <Mark className="size-5" />
        Masterplan
      </span>
      <Connection />
      <GlassButton
        tone="quiet"
        size="icon"
        icon={Search}
        aria-label="Search and commands"
        onClick={props.onPalette}
      />
      <ThemeButton />
      <HelpButton onHelp={props.onHelp} />
    </header>
  )
}
