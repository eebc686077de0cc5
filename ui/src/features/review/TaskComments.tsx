import { useQuery } from '@tanstack/react-query'
import { MessageSquarePlus } from 'lucide-react'
import type { FormEvent } from 'react'
import { commentsQuery } from '@/api/queries'
import type { Plan, Task } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { DrawerSection } from '@/components/ui/Drawer'
import { isEditable } from '@/lib/status'
import { useUnsent } from '@/lib/useUnsent'
import { CommentList } from './CommentList'
import { useReview } from './useReview'

/** What people remark on one task; it waits until all is sent as one request for a revision. */
export function TaskComments({ plan, task }: { plan: Plan; task: Task }) {
  const [text, setText] = useUnsent(`comment ${plan.masterplan_id} ${task.key}`)
  const { data = [] } = useQuery(commentsQuery(plan.masterplan_id))
  const { comment, withdraw } = useReview(plan)
  const mine = data.filter((one) => one.task_key === task.key)
  const editable = isEditable(plan)
  if (!editable && mine.length === 0) return null

  const add = (event: FormEvent) => {
    event.preventDefault()
    if (!text.trim()) return
    comment.mutate({ text: text.trim(), task_key: task.key }, { onSuccess: () => setText('') })
  }
  return (
    <DrawerSection title="Comments">
      <CommentList
        comments={mine}
        onWithdraw={editable ? (one) => withdraw.mutate(one.comment_id) : undefined}
      />
      {editable && (
        <form onSubmit={add} className="mt-2 space-y-2">
          <textarea
            rows={2}
            dir="auto"
            aria-label="A comment on this task"
            placeholder="What should be different in this task?"
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="field w-full resize-y"
          />
          <GlassButton
            type="submit"
            size="sm"
            icon={MessageSquarePlus}
            busy={comment.isPending}
            disabled={!text.trim()}
          >
            Comment
          </GlassButton>
        </form>
      )}
    </DrawerSection>
  )
}
