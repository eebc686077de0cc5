import { Link } from '@tanstack/react-router'
import { MapPinOff } from 'lucide-react'
import { GlassButton } from '@/components/glass/GlassButton'
import { Empty } from '@/components/ui/States'

export function NotFoundPage() {
  return (
    <Empty icon={MapPinOff} title="There is no page at this address" heading="h1">
      <GlassButton asChild>
        <Link to="/">All plans</Link>
      </GlassButton>
    </Empty>
  )
}
