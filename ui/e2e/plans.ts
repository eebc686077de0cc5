/** Plans whose tasks do what their scripts say. */
interface Fields {
  depends_on?: string[]
  max_retries?: number
  script?: object
  name?: string
  [field: string]: unknown
}

export const scripted = (key: string, fields: Fields = {}) => ({
  key,
  name: `Build ${key}`,
  target_files: [`${key}.txt`],
  agent: 'scripted',
  checks: [`test -s ${key}.txt`],
  ...fields,
})

/** What a held task does until `Server.release` lets it go on. */
export const HOLD = 'echo waiting; until test -e go; do sleep 0.1; done; rm go'

export const held = (key: string, fields: Fields = {}) =>
  scripted(key, { agent: 'command', command: `${HOLD}; echo done > ${key}.txt`, ...fields })

export const planOf = (title: string, ...tasks: object[]) => ({
  title,
  phases: [{ name: 'Core', milestones: [{ name: 'Program', tasks }] }],
})

/** Somewhat like what people build, with a task that fails until it is retried. */
export const TODO = {
  title: 'Command line to-do list',
  description: 'Keeps tasks in a JSON file: add, list, done and remove, with readable errors.',
  goal: 'A command line to-do list in Python',
  phases: [
    {
      name: 'Foundation',
      milestones: [
        {
          name: 'Data model',
          tasks: [
            scripted('task_model', {
              name: 'Model of one task',
              target_files: ['todo/task.py'],
              checks: ['test -s todo/task.py'],
              script: {
                files: {
                  'todo/task.py':
                    'from dataclasses import dataclass\n\n\n@dataclass(frozen=True)\nclass Task:\n    """One thing to do."""\n\n    number: int\n    title: str\n    done: bool = False\n',
                },
              },
            }),
            scripted('errors', {
              name: 'Errors that say what to do',
              target_files: ['todo/errors.py'],
              checks: ['test -s todo/errors.py'],
            }),
          ],
        },
        {
          name: 'Storage',
          tasks: [
            scripted('storage', {
              name: 'Keep tasks in a JSON file',
              target_files: ['todo/storage.py', 'tests/test_storage.py'],
              depends_on: ['task_model'],
              checks: ['test -s todo/storage.py', 'test -s tests/test_storage.py'],
              script: { duration_s: 1 },
            }),
            scripted('locking', {
              name: 'Two programs at once lose nothing',
              target_files: ['todo/locking.py'],
              depends_on: ['storage'],
              checks: ['test -s todo/locking.py'],
              max_retries: 1,
              script: {
                fail_attempts: 2,
                message:
                  'The lock file is never removed: tests.test_locking.test_two_writers waits for ever.',
              },
            }),
          ],
        },
      ],
    },
    {
      name: 'Commands',
      milestones: [
        {
          name: 'Changing',
          tasks: [
            scripted('add', {
              name: 'Add a task',
              target_files: ['todo/add.py'],
              depends_on: ['storage'],
              checks: ['test -s todo/add.py'],
              script: { duration_s: 2 },
            }),
            scripted('done', {
              name: 'Mark a task as done',
              target_files: ['todo/done.py'],
              depends_on: ['locking'],
              checks: ['test -s todo/done.py'],
            }),
            scripted('remove', {
              name: 'Remove a task',
              target_files: ['todo/remove.py'],
              depends_on: ['storage'],
              checks: ['test -s todo/remove.py'],
              script: { duration_s: 600 },
            }),
          ],
        },
        {
          name: 'Reading',
          tasks: [
            scripted('list', {
              name: 'List tasks, newest first',
              target_files: ['todo/list.py'],
              depends_on: ['storage'],
              checks: ['test -s todo/list.py'],
              script: { duration_s: 600 },
            }),
          ],
        },
      ],
    },
    {
      name: 'Delivery',
      milestones: [
        {
          name: 'Package',
          tasks: [
            scripted('main', {
              name: 'One program with all commands',
              target_files: ['todo/__main__.py'],
              depends_on: ['add', 'remove', 'list'],
              checks: ['test -s todo/__main__.py'],
            }),
            scripted('readme', {
              name: 'Readme with examples',
              target_files: ['README.md'],
              depends_on: ['main'],
              checks: ['test -s README.md'],
              complexity: 'low',
            }),
          ],
        },
      ],
    },
  ],
}

/** Work for a model, which takes time and money. */
const asked = (key: string, fields: Fields) => scripted(key, { agent: 'llm', ...fields })

/** A draft that deserves a look before it is approved. */
export const FEEDS = {
  title: 'Feed reader for the terminal',
  description: 'Reads RSS and Atom, keeps what was read, and opens articles in the browser.',
  phases: [
    {
      name: 'Reading',
      milestones: [
        {
          name: 'Feeds',
          tasks: [
            asked('fetch', {
              name: 'Fetch feeds politely',
              target_files: ['reader/fetch.py', 'reader/feeds.py'],
            }),
            asked('parse', {
              name: 'Read RSS and Atom alike',
              target_files: ['reader/parse.py', 'reader/feeds.py'],
              checks: ['python3 -m unittest tests.test_parse', 'test -s reader/parse.py'],
            }),
            asked('store', {
              name: 'Keep what was read in SQLite',
              target_files: ['reader/store.py'],
              depends_on: ['parse'],
              checks: ['test -s reader/store.py'],
            }),
          ],
        },
      ],
    },
    {
      name: 'Screen',
      milestones: [
        {
          name: 'Lists',
          tasks: [
            asked('list', {
              name: 'List articles, newest first',
              target_files: ['reader/list.py'],
              depends_on: ['store'],
              checks: ['test -s reader/list.py'],
            }),
            asked('open', {
              name: 'Open an article in the browser',
              target_files: ['reader/open.py'],
              depends_on: ['list'],
              checks: ['true'],
            }),
          ],
        },
      ],
    },
  ],
}
