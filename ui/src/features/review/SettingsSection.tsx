import type { ComponentProps } from 'react'
import { ModelField } from '@/features/plan/ModelField'
import { Disclosure, SettingsFields } from '@/features/plan/SettingsFields'

/** Under which terms the plan is built, as it stands in its document. */
export function SettingsSection(props: ComponentProps<typeof SettingsFields>) {
  return (
    <div className="px-3 pt-2">
      <Disclosure title="Settings of the plan" wrong={(props.problems?.size ?? 0) > 0}>
        <div className="mb-4 md:w-1/2">
          <ModelField
            value={props.settings.model}
            onChange={(model) => props.onChange({ model })}
            problems={props.problems?.get('model')}
          />
        </div>
        <SettingsFields {...props} />
      </Disclosure>
    </div>
  )
}
