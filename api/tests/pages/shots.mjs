// A picture of every page, for docs and for eyes: node shots.mjs FOLDER (`cargo xtask shots`).
import { mkdir } from 'node:fs/promises'
import path from 'node:path'

import { Core, launch, open, signIn, visit, WIDTHS } from './harness.mjs'

/** Each picture's looks: the width's name and the colour scheme. */
const LOOKS = [
  ['desk', 'light'],
  ['desk', 'dark'],
  ['phone', 'light'],
]
const ALL_LOOKS = [...LOOKS, ['phone', 'dark']]

/** The pages: a name, an address, who sees it (`nobody` is signed out), and its looks. */
const PAGES = [
  { name: 'admin', address: '/admin' },
  { name: 'contacts', address: '/contacts' },
  { name: 'dashboard', address: '/caseyos', looks: ALL_LOOKS },
  { name: 'docs', address: '/docs', looks: [['desk', 'light']] },
  { name: 'forms', address: '/forms' },
  { name: 'landing', address: '/', nobody: true },
  { name: 'queue-item', address: ({ move }) => `/queue/${move}` },
  { name: 'sign-in', address: '/sign-in', nobody: true },
  { name: 'signals', address: '/signals' },
  { name: 'today', address: '/today', looks: ALL_LOOKS },
]

const folder = process.argv[2]
if (!folder) {
  console.error('usage: node shots.mjs FOLDER')
  process.exit(2)
}
await mkdir(folder, { recursive: true })

const browser = await launch()
const failures = []

async function shoot(core, shot, person) {
  for (const [width, scheme] of shot.looks ?? LOOKS) {
    const page = await open(browser, { width: WIDTHS[width], scheme })
    try {
      if (person) await signIn(page, core, person)
      await visit(page, core, shot.address)
      const file = path.join(folder, `${shot.name}-${width}-${scheme}.png`)
      await page.screenshot({ path: file, fullPage: true, animations: 'disabled', caret: 'hide' })
      console.log(path.relative(process.cwd(), file))
    } catch (error) {
      failures.push(`${shot.name}, ${width}, ${scheme}: ${error.message}`)
    } finally {
      await page.context().close()
    }
  }
}

/** The page of the first admin exists only while there is nobody. */
async function shootSetup() {
  const core = await Core.start()
  try {
    const link = new URL(await core.setupLink())
    await shoot(core, { name: 'setup', address: link.pathname + link.search })
  } finally {
    await core.stop()
  }
}

async function shootAll() {
  const core = await Core.start()
  try {
    const person = await core.addUser('alex@example.com', 'a long enough passphrase 7')
    await core.demo()
    const { key } = await core.key(person.email, ['queue:read'])
    const today = await core.get('/api/command-queue/today?limit=1', key)
    const known = { move: today.items[0]?.id }
    for (const shot of PAGES) {
      const address = typeof shot.address === 'function' ? shot.address(known) : shot.address
      await shoot(core, { ...shot, address }, shot.nobody ? undefined : person)
    }
  } finally {
    await core.stop()
  }
}

try {
  await shootSetup()
  await shootAll()
} finally {
  await browser.close()
}
if (failures.length > 0) {
  console.error(`${failures.length} pictures were not taken:\n  ${failures.join('\n  ')}`)
  process.exit(1)
}
