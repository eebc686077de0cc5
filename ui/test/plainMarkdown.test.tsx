import { render } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { blocksOf } from '@/features/chat/plainMarkdown'
import { SafeText } from '@/features/chat/SafeText'

const text = (words: string) => ({ kind: 'text', text: words })

describe('what models write', () => {
  it('is paragraphs, lists and code', () => {
    const blocks = blocksOf(
      'Hello\nyou\n\n1. one\n2) two\n- three\n```python\nx = 1\n\ny = 2\n```\nbye',
    )
    expect(blocks).toEqual([
      { kind: 'paragraph', parts: [text('Hello'), text('\n'), text('you')] },
      { kind: 'list', ordered: true, items: [[text('one')], [text('two')]] },
      { kind: 'list', ordered: false, items: [[text('three')]] },
      { kind: 'code', text: 'x = 1\n\ny = 2' },
      { kind: 'paragraph', parts: [text('bye')] },
    ])
  })

  it('may end amid code', () => {
    expect(blocksOf('```\nx = 1')).toEqual([{ kind: 'code', text: 'x = 1' }])
  })

  it('sets code and what is stressed apart', () => {
    expect(blocksOf('Run `a b` **now**.')).toEqual([
      {
        kind: 'paragraph',
        parts: [
          text('Run '),
          { kind: 'code', text: 'a b' },
          text(' '),
          { kind: 'strong', text: 'now' },
          text('.'),
        ],
      },
    ])
  })

  it('never becomes markup, a link or an image', () => {
    const hostile =
      '<img src=x onerror=alert(1)> [click](javascript:alert(1)) ![x](http://a/b) `<b>` **<i>**'
    const { container } = render(<SafeText text={hostile} />)
    expect(container.querySelector('img, a, b, i, script')).toBeNull()
    expect(container.textContent).toContain('<img src=x onerror=alert(1)>')
  })
})
