import { X } from 'lucide-react'
import type { Comment } from '@/api/types'
import { GlassButton } from '@/components/glass/GlassButton'
import { ago } from '@/lib/format'

interface Props {
  comments: Comment[]
  /** The name of the task that a comment is about, where that is not clear from the place. */
  about?(comment: Comment): string | undefined
  onWithdraw?: ((comment: Comment) => void) | undefined
}

/** Remarks on a plan or a task; what was not sent yet can be withdrawn. */
export function CommentList({ comments, about, onWithdraw }: Props) {
  return (
    <ul className="space-y-2">
      {comments.map((comment) => (
        <li key={comment.comment_id} className="flex items-start gap-2 rounded-lg bg-sunken p-3">
          <div className="min-w-0 flex-1">
            <p className="text-xs text-soft">
              {about?.(comment) && (
                <bdi className="mr-2 font-medium text-ink">{about(comment)}</bdi>
              )}
              <bdi>{comment.author}</bdi>, {ago(comment.created_at)}
              {comment.sent_in !== null && `, sent for revision ${comment.sent_in}`}
            </p>
            <p dir="auto" className="mt-0.5 break-words whitespace-pre-wrap">
              {comment.text}
            </p>
          </div>
          {comment.sent_in === null && onWithdraw && (
            <GlassButton
              tone="quiet"
              size="icon"
              icon={X}
              aria-label={`Withdraw the comment: ${comment.text.slice(0, 40)}`}
              onClick={() => onWithdraw(comment)}
            />
          )}
        </li>
      ))}
    </ul>
  )
}
