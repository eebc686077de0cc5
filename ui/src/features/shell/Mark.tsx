import { phaseHue } from '@/lib/status'

const STROKES = ['M5 24V9', 'M12.3 24V15', 'M19.6 24V5', 'M27 24V18']

/** Phases side by side, each as far as it has come. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 29" aria-hidden="true" className={className} fill="none">
      {STROKES.map((path, index) => (
        <path
          key={path}
          d={path}
          stroke={phaseHue(index === 3 ? 5 : index)}
          strokeWidth="4.5"
          strokeLinecap="round"
        />
      ))}
    </svg>
  )
}
