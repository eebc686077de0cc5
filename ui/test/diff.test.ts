import { expect, test } from 'vitest'
import { parseDiff } from '@/features/diff/parseDiff'

const DIFF = `diff --git a/todo/a.py b/todo/a.py
index 1111111..2222222 100644
--- a/todo/a.py
+++ b/todo/a.py
@@ -4,3 +4,4 @@ def list():
 same
--- a removed line that looks like a header
+++ an added line that looks like one
+another
 same too
diff --git a/new.bin b/new.bin
new file mode 100644
Binary files /dev/null and b/new.bin differ
`

test('lines are numbered, and signs inside a hunk are never headers', () => {
  const [first] = parseDiff(DIFF)
  expect(first).toMatchObject({ path: 'todo/a.py', added: 2, removed: 1 })
  expect(first?.lines).toEqual([
    { kind: 'hunk', text: 'def list():' },
    { kind: 'context', text: 'same', number: 4 },
    { kind: 'removed', text: '-- a removed line that looks like a header', number: 5 },
    { kind: 'added', text: '++ an added line that looks like one', number: 5 },
    { kind: 'added', text: 'another', number: 6 },
    { kind: 'context', text: 'same too', number: 7 },
  ])
})

test('a binary file says so', () => {
  expect(parseDiff(DIFF)[1]?.lines).toEqual([
    { kind: 'note', text: 'New file' },
    { kind: 'note', text: 'A binary file' },
  ])
})

test('nothing is no file', () => {
  expect(parseDiff('')).toEqual([])
})
