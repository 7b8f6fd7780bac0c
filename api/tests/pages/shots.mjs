// A picture of every page, for docs and for eyes: node shots.mjs FOLDER (`cargo xtask shots`).
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { Core, launch, open, signIn, visit, WIDTHS } from './harness.mjs'

/** Each picture's looks: the width's name and the colour scheme. */
const LOOKS = [
  ['desk', 'light'],
  ['phone', 'light'],
]
const ALL_LOOKS = [...LOOKS, ['desk', 'dark'], ['phone', 'dark']]
const DESK = [['desk', 'light']]
const PHONE = [['phone', 'light']]

/** The highest a picture gets in CSS pixels: what lies below looks like what lies above. */
const HIGHEST = { desk: 900, phone: 1280 }
/** What all pictures together may weigh. */
const BYTES = 4 * 1024 * 1024

/** The pages: a name, an address, who sees it (`nobody` is signed out), its looks, and what is done on it first. */
const PAGES = [
  { name: 'admin', address: '/admin' },
  { name: 'admin-jobs', address: '/admin/jobs', looks: DESK },
  { name: 'admin-keys', address: '/admin/keys' },
  { name: 'admin-hooks', address: '/admin/hooks' },
  { name: 'admin-weights', address: '/admin/weights', looks: DESK },
  { name: 'admin-workspace', address: '/admin/workspace', looks: DESK },
  { name: 'contact', address: ({ contact }) => contact },
  { name: 'contacts', address: '/contacts' },
  { name: 'dashboard', address: '/caseyos', looks: ALL_LOOKS },
  { name: 'docs', address: '/docs', looks: DESK },
  { name: 'form', address: ({ form }) => form, looks: DESK },
  { name: 'forms', address: '/forms' },
  { name: 'import', address: ({ imported }) => imported },
  { name: 'imports', address: '/imports' },
  { name: 'landing', address: '/', nobody: true },
  { name: 'not-found', address: '/nowhere', looks: DESK, missing: true },
  { name: 'queue-item', address: ({ move }) => move },
  { name: 'queue-item-edit', address: ({ move }) => `${move}?edit=1`, looks: PHONE },
  { name: 'sign-in', address: '/sign-in', nobody: true },
  { name: 'signal', address: ({ signal }) => signal },
  { name: 'signals', address: '/signals' },
  { name: 'today', address: '/today', looks: ALL_LOOKS },
  { name: 'today-decided', address: '/today?pile=decided' },
  { name: 'today-later', address: '/today?pile=later', looks: DESK },
  { name: 'today-snooze', address: '/today', keys: ['j', 's'], looks: PHONE },
  { name: 'today-taken', address: '/today?pile=taken', looks: DESK },
  // The last, since it dismisses a move.
  { name: 'today-dismissed', address: '/today', keys: ['j', 'd', 'w'] },
]

const folder = process.argv[2]
if (!folder) {
  console.error('usage: node shots.mjs FOLDER')
  process.exit(2)
}
await mkdir(folder, { recursive: true })

const browser = await launch()
const failures = []
const taken = new Set()

/** Makes the window as high as the page, so that what is fixed to its bottom is at the bottom of the picture. */
async function unroll(page, width) {
  const high = await page.evaluate(() => document.documentElement.scrollHeight)
  const least = page.viewportSize().height
  await page.setViewportSize({ width: WIDTHS[width], height: Math.min(Math.max(high, least), HIGHEST[width]) })
}

async function shoot(core, shot, state = []) {
  for (const [width, scheme] of shot.looks ?? LOOKS) {
    const page = await open(browser, { width: WIDTHS[width], scheme })
    try {
      await page.context().addCookies(state)
      if (shot.missing) await page.goto(core.url + shot.address)
      else await visit(page, core, shot.address)
      // What is opened stands where the window ends: these are taken as somebody sees them.
      if (!shot.keys) await unroll(page, width)
      for (const key of shot.keys ?? []) await page.keyboard.press(key)
      const file = `${shot.name}-${width}-${scheme}.png`
      await page.screenshot({ path: path.join(folder, file), animations: 'disabled', caret: 'hide' })
      taken.add(file)
      console.log(path.relative(process.cwd(), path.join(folder, file)))
    } catch (error) {
      failures.push(`${shot.name}, ${width}, ${scheme}: ${error.message}`)
    } finally {
      await page.context().close()
    }
  }
}

/** The cookies of somebody who signed in. */
async function enter(core, person) {
  const page = await open(browser)
  await signIn(page, core, person)
  const state = await page.context().cookies()
  await page.context().close()
  return state
}

/** The page of the first admin exists only while there is nobody, and nothing is empty for long. */
async function shootEmpty() {
  const core = await Core.start()
  try {
    const link = new URL(await core.setupLink())
    await shoot(core, { name: 'setup', address: link.pathname + link.search })
    const state = await enter(core, await core.addUser('alex@example.com', 'a long enough passphrase 7'))
    await shoot(core, { name: 'empty-dashboard', address: '/caseyos' }, state)
    await shoot(core, { name: 'empty-today', address: '/today' }, state)
  } finally {
    await core.stop()
  }
}

/** Works a little, so that every pile holds something, and finds a page of each kind. */
async function work(core, state) {
  const page = await open(browser)
  await page.context().addCookies(state)
  const first = async (list, link) => {
    await visit(page, core, list)
    return page.locator(link).first().getAttribute('href')
  }
  const act = async (act, choose) => {
    await visit(page, core, '/today?all=1')
    const form = page.locator(`.move form[data-act=${act}]`)
    await (choose ? form.nth(12) : form.nth(9)).evaluate((one) => one.requestSubmit(one.querySelector('button')))
    await page.waitForLoadState('networkidle')
  }
  for (let times = 0; times < 2; times += 1) {
    await act('accept')
    await act('dismiss')
    await act('snooze', true)
  }
  const line = '.lines .line > div > a'
  const known = {
    move: await first('/today', '.move h2 a'),
    contact: await first('/contacts?q=Marit', line),
    signal: await first('/signals?verdict=moved', line),
    form: await first('/forms', line),
    imported: await first('/imports', line),
  }
  await page.context().close()
  return known
}

async function shootAll() {
  const core = await Core.start()
  try {
    const person = await core.addUser('alex@example.com', 'a long enough passphrase 7')
    await core.demo()
    const leads = path.join(core.folder, 'trade-fair.csv')
    await writeFile(leads, 'email,name,company\nmara.lind@northgate.example,Mara Lind,Northgate\nno address,Nobody,\n')
    await core.command(['import', 'leads', leads]).catch(() => {}) // it ends with 1: a line is bad
    await core.key(person.email, ['queue:read'])
    const state = await enter(core, person)
    const known = await work(core, state)
    for (const shot of PAGES) {
      const address = typeof shot.address === 'function' ? shot.address(known) : shot.address
      await shoot(core, { ...shot, address }, shot.nobody ? undefined : state)
    }
  } finally {
    await core.stop()
  }
}

try {
  await shootEmpty()
  await shootAll()
} finally {
  await browser.close()
}
let bytes = 0
for (const file of (await readdir(folder)).filter((name) => name.endsWith('.png'))) {
  if (!taken.has(file) && failures.length === 0) await rm(path.join(folder, file))
  else bytes += (await stat(path.join(folder, file))).size
}
console.log(`${taken.size} pictures, ${(bytes / 1024 / 1024).toFixed(1)} MB`)
if (bytes > BYTES) failures.push('the pictures weigh too much together: take fewer looks')
if (failures.length > 0) {
  console.error(`${failures.length} things went wrong:\n  ${failures.join('\n  ')}`)
  process.exit(1)
}
