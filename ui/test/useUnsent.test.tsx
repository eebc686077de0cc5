import { fireEvent, render, screen } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { useUnsent } from '@/lib/useUnsent'

beforeEach(() => sessionStorage.clear())

function Field({ name }: { name: string }) {
  const [text, setText] = useUnsent(name)
  return <input aria-label="Comment" value={text} onChange={(e) => setText(e.target.value)} />
}
const field = () => screen.getByLabelText('Comment')
const type = (value: string) => fireEvent.change(field(), { target: { value } })

test('what was typed is there again when its place is opened again', () => {
  const first = render(<Field name="task a" />)
  type('Use a queue')
  first.unmount()
  render(<Field name="task a" />)
  expect(field()).toHaveValue('Use a queue')
})

test('every place has a text of its own', () => {
  const { rerender } = render(<Field name="task a" />)
  type('Use a queue')
  rerender(<Field name="task b" />)
  expect(field()).toHaveValue('')
  rerender(<Field name="task a" />)
  expect(field()).toHaveValue('Use a queue')
})

test('what was sent is gone', () => {
  const first = render(<Field name="task a" />)
  type('Use a queue')
  type('')
  first.unmount()
  render(<Field name="task a" />)
  expect(field()).toHaveValue('')
  expect(sessionStorage).toHaveLength(0)
})
