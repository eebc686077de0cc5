import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { FileUp, Sparkles } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { toast } from 'sonner'
import { answer, api, asText, asUpload, messageOf, problemsOf } from '@/api/client'
import { planHeadQuery } from '@/api/queries'
import type { Plan, PlanSettings } from '@/api/types'
import { FilterChips } from '@/components/FilterChips'
import { GlassButton } from '@/components/glass/GlassButton'
import { GlassCard } from '@/components/glass/GlassCard'
import { Loading } from '@/components/ui/States'
import { ModelField } from '@/features/plan/ModelField'
import { PlanFileForm } from '@/features/plan/PlanFileForm'
import { DEFAULT_SETTINGS, Disclosure, SettingsFields } from '@/features/plan/SettingsFields'

const route = getRouteApi('/new')
type Source = 'goal' | 'file'

export function NewPlanPage() {
  const [source, setSource] = useState<Source>('goal')
  return (
    <div className="max-w-3xl space-y-4">
      <h1 className="text-2xl font-semibold tracking-tight">New plan</h1>
      <FilterChips
        label="Begin with"
        chips={[
          { id: 'goal' as const, label: 'From a goal' },
          { id: 'file' as const, label: 'From a plan file' },
        ]}
        chosen={source}
        onChoose={setSource}
      />
      <p className="text-soft">
        Not sure yet what it should do?{' '}
        <Link to="/chat" className="text-ink underline underline-offset-4">
          Talk it over
        </Link>
        .
      </p>
      <GlassCard className="p-5 md:p-6">{source === 'goal' ? <Goal /> : <FileForm />}</GlassCard>
    </div>
  )
}

function Goal() {
  const { like } = route.useSearch()
  const { data: earlier, isLoading } = useQuery({ ...planHeadQuery(like ?? ''), enabled: !!like })
  return isLoading ? <Loading rows={3} /> : <GoalForm key={like} earlier={earlier} />
}

function GoalForm({ earlier }: { earlier: Plan | undefined }) {
  const id = useId()
  const navigate = useNavigate()
  const [goal, setGoal] = useState(earlier?.goal ?? '')
  const [repository, setRepository] = useState(earlier?.repository ?? '')
  const [settings, setSettings] = useState(earlier?.settings ?? DEFAULT_SETTINGS)
  const set = (change: Partial<PlanSettings>) => setSettings((now) => ({ ...now, ...change }))
  const generate = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/masterplans/generate', {
          body: {
            goal: goal.trim(),
            repository: repository.trim() || null,
            settings,
          },
        }),
      ),
    onSuccess: (plan) =>
      void navigate({ to: '/plans/$planId', params: { planId: plan.masterplan_id } }),
    onError: (error) => toast.error('No plan was begun', { description: messageOf(error) }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (goal.trim() && !generate.isPending) generate.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <div className="space-y-1.5">
        <label htmlFor={`${id}-goal`} className="block font-medium">
          What do you want to have?
        </label>
        <textarea
          id={`${id}-goal`}
          rows={5}
          dir="auto"
          required
          value={goal}
          onChange={(event) => setGoal(event.target.value)}
          placeholder="A command line to-do list in Python that keeps its tasks in a JSON file"
          className="field w-full resize-y"
        />
        <p className="text-sm text-soft">
          A goal of a few sentences makes the best plans: what it does, for whom, and what it must
          not do.
        </p>
      </div>
      <div className="grid gap-4 md:grid-cols-2">
        <div>
          <label htmlFor={`${id}-repository`} className="mb-1 block text-sm font-medium">
            Repository <span className="font-normal text-soft">(optional)</span>
          </label>
          <input
            id={`${id}-repository`}
            value={repository}
            onChange={(event) => setRepository(event.target.value)}
            placeholder="Path or URL; a new one without"
            className="field h-9 w-full"
          />
        </div>
        <ModelField value={settings.model} onChange={(model) => set({ model })} />
      </div>
      <Disclosure title="Options">
        <SettingsFields settings={settings} onChange={set} />
      </Disclosure>
      <GlassButton
        type="submit"
        tone="primary"
        icon={Sparkles}
        busy={generate.isPending}
        disabled={!goal.trim()}
      >
        Make a plan
      </GlassButton>
    </form>
  )
}

function FileForm() {
  const navigate = useNavigate()
  const load = useMutation({
    mutationFn: ({ text, file }: { text: string; file: File | undefined }) =>
      answer(api.POST('/api/v1/masterplans/import', file ? asUpload(file) : asText(text))),
    onSuccess: ({ masterplan }) => {
      toast.success('Plan stored as a draft')
      void navigate({ to: '/plans/$planId', params: { planId: masterplan.masterplan_id } })
    },
  })
  return (
    <PlanFileForm
      icon={FileUp}
      label="Paste a plan or a task list, or drop its file here"
      hint="Masterplan's YAML or JSON, or the tasks of Agent OS, Spec Kit, Kiro, cc-sdd, Task Master or beads."
      submit="Store as draft"
      busy={load.isPending}
      problems={load.error ? problemsOf(load.error) : []}
      // As wide as the card, so that a file may be dropped anywhere on it.
      className="-m-5 p-5 md:-m-6 md:p-6"
      onSubmit={(text, file) => load.mutate({ text, file })}
    />
  )
}
