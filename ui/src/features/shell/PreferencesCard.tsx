import { toast } from 'sonner'
import { GlassCard } from '@/components/glass/GlassCard'
import { setPreferences, usePreferences } from '@/lib/preferences'

/** What this browser does differently for its person. */
export function PreferencesCard() {
  const { shortcuts, notify } = usePreferences()

  const toggleNotices = async () => {
    if (notify) return setPreferences({ notify: false })
    if (!('Notification' in window)) {
      toast.error('This browser shows no notifications.')
      return
    }
    const permission = await Notification.requestPermission()
    if (permission === 'granted') setPreferences({ notify: true })
    else toast.error('The browser does not allow notifications for this page.')
  }

  return (
    <GlassCard className="p-5 md:p-6">
      <h2 className="font-semibold">This browser</h2>
      <div className="mt-2 space-y-1">
        <Choice
          checked={shortcuts}
          onChange={() => setPreferences({ shortcuts: !shortcuts })}
          label="Single keys are shortcuts (press ? for the list)"
        />
        <Choice
          checked={notify}
          onChange={() => void toggleNotices()}
          label="Notify me when a plan ends while this page is in the background"
        />
      </div>
    </GlassCard>
  )
}

function Choice(props: { checked: boolean; onChange(): void; label: string }) {
  return (
    <label className="flex w-fit cursor-pointer items-center gap-3 py-1.5">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={props.onChange}
        className="size-5 accent-action"
      />
      {props.label}
    </label>
  )
}
