// Every page there is, filled, empty and refused, is whole and accessible at every width and in both schemes.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'

import { assertAccessible, assertNoComplaints, assertNoSidewaysScroll, Core, Desk, open, signIn, visit, WIDTHS } from './harness.mjs'

const LOOKS = Object.entries({ ...WIDTHS, zoomed: 320 }).flatMap(([name, width]) =>
  ['light', 'dark'].map((scheme) => ({ name: `${name}, ${scheme}`, width, scheme })),
)
const NOBODY = '01890a5d-ac96-774b-bcce-b302099a8057'

let desk
let viewer
let filled
before(async () => {
  desk = await Desk.open(async (core) => {
    await core.demo()
    const lists = {
      'ragged.csv': 'email,name\nnot an address,Nobody\n',
      'leads.csv': 'email,name,favourite_colour\nmara@north.example,Mara Lind,blue\n',
    }
    for (const [name, text] of Object.entries(lists)) {
      const file = path.join(core.folder, name)
      await writeFile(file, text)
      await core.command(['import', 'leads', file]).catch(() => {}) // it ends with 1 where a row is bad
    }
    await core.addUser('vera@example.com', 'correct horse battery', 'viewer')
  })
  viewer = await desk.signedIn({ email: 'vera@example.com', password: 'correct horse battery' })
  filled = await fill()
})
after(() => desk?.close())

/** Decides some moves, and finds an address of each kind of page. */
async function fill() {
  const page = await desk.page()
  const first = async (list, link) => {
    await visit(page, desk.core, list)
    return page.locator(link).first().getAttribute('href')
  }
  await visit(page, desk.core, '/today')
  for (const key of ['a', 'd', 's']) {
    await page.keyboard.press('j')
    await page.keyboard.press(key)
    if (key === 's') await page.keyboard.press('Enter')
    await page.waitForLoadState('networkidle')
  }
  const taken = await first('/today?pile=taken', '.move h2 a')
  const dismissed = await first('/today?pile=decided', '.move h2 a')
  const found = {
    taken,
    dismissed,
    move: await first('/today', '.move h2 a'),
    contact: await first('/contacts', '.lines .line > div > a'),
    signal: await first('/signals?verdict=moved', '.lines .line > div > a'),
    nothing: await first('/signals?verdict=no_move', '.lines .line > div > a'),
    form: await first('/forms', '.lines .line > div > a'),
    import: await first('/imports', '.lines .line > div > a'),
  }
  assertNoComplaints(page)
  await page.context().close()
  return found
}

const addresses = () => [
  '/today',
  '/today?all=1',
  '/today?pile=taken',
  '/today?pile=later',
  '/today?pile=decided',
  filled.move,
  `${filled.move}?edit=1`,
  filled.taken,
  filled.dismissed,
  '/caseyos',
  '/contacts',
  '/contacts?q=nobody-has-this-name',
  filled.contact,
  '/signals',
  '/signals?verdict=failed',
  filled.signal,
  filled.nothing,
  '/forms',
  filled.form,
  '/imports',
  filled.import,
  '/admin',
  '/admin/keys',
  '/admin/hooks',
  '/admin/workspace',
  '/admin/weights',
  '/admin/jobs',
  '/docs',
]

/** One page, looked at in every way that needs no second look. */
async function whole(page, address) {
  assert.equal(await page.locator('h1').count(), 1, address)
  await assertNoSidewaysScroll(page, address)
  await assertAccessible(page, address)
}

for (const { name, ...look } of LOOKS) {
  test(`every page is whole and accessible: ${name}`, async () => {
    const page = await desk.page(look)
    for (const address of addresses()) {
      await visit(page, desk.core, address)
      await whole(page, address)
    }
    assertNoComplaints(page)
    await page.context().close()
  })

  test(`what is refused is told on a page that is whole and accessible: ${name}`, async () => {
    const page = await desk.page(look)
    const refused = async (address, status) => {
      const answer = await page.goto(desk.core.url + address)
      assert.equal(answer.status(), status, address)
      await whole(page, `${address} (${status})`)
    }
    await refused('/nowhere', 404)
    await refused(`/queue/${NOBODY}`, 404)
    await page.context().clearCookies()
    await page.context().addCookies(viewer)
    await refused('/admin', 403)
    await page.context().close()
  })

  test(`open menus, dialogs and messages are whole and accessible: ${name}`, async () => {
    const page = await desk.page(look)
    await visit(page, desk.core, '/today')
    await page.keyboard.press('?')
    await whole(page, 'the keys')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('a')
    await whole(page, 'the palette')
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press('s')
    await whole(page, 'the snooze menu')
    await page.keyboard.press('Escape')
    await page.keyboard.press('d')
    await page.keyboard.press('w')
    await whole(page, 'the reasons')
    await page.keyboard.press('Escape')
    await page.keyboard.press('z')
    await page.locator('.toast', { hasText: 'Taken back' }).waitFor()
    const more = page.locator('.tabs summary')
    if (await more.isVisible()) {
      await more.click()
      await whole(page, 'the rest of the navigation')
    }
    assertNoComplaints(page)
    await page.context().close()
  })

  test(`an empty workspace and its first page are whole and accessible: ${name}`, async () => {
    const empty = await Core.start()
    try {
      const page = await open(desk.browser, look)
      await page.goto(await empty.setupLink())
      await whole(page, 'the set-up page')
      await page.fill('#f-workspace', 'Lumen')
      await page.fill('#f-name', 'Ada')
      await page.fill('#f-email', 'ada@example.com')
      await page.fill('#f-password', 'short')
      await page.getByRole('button', { name: 'Make my workspace' }).click()
      await page.locator('.notice.bad').waitFor()
      await whole(page, 'the set-up page with a complaint')
      await page.fill('#f-password', 'correct horse battery')
      await page.getByRole('button', { name: 'Make my workspace' }).click()
      await page.waitForURL('**/caseyos')
      for (const address of ['/caseyos', '/today', '/today?pile=later', '/contacts', '/signals', '/forms', '/imports', '/admin/jobs']) {
        await visit(page, empty, address)
        await whole(page, `${address}, empty`)
      }
      await page.context().close()
    } finally {
      await empty.stop()
    }
  })
}

test('a field that is complained about is called by the name that stands on it', async () => {
  const empty = await Core.start()
  try {
    const page = await open(desk.browser, { script: false })
    await page.goto(await empty.setupLink())
    await page.evaluate(() => document.querySelector('form').setAttribute('novalidate', ''))
    await page.getByRole('button', { name: 'Make my workspace' }).click()
    const links = page.locator('.notice.bad li a')
    assert.ok((await links.count()) >= 3)
    for (const link of await links.all()) {
      const field = page.locator(await link.getAttribute('href'))
      const label = await page.locator(`label[for=${await field.getAttribute('id')}]`).innerText()
      assert.equal(await link.innerText(), label)
    }
    await page.context().close()
  } finally {
    await empty.stop()
  }
})

test('lists stand in the order of the times they show', async () => {
  const page = await desk.page()
  for (const [address, times] of [
    ['/contacts', '.chips time'],
    ['/signals', '.who time:first-of-type'],
  ]) {
    await visit(page, desk.core, address)
    const shown = await page.locator(times).evaluateAll((all) => all.map((time) => time.dateTime))
    assert.ok(shown.length > 10, address)
    assert.deepEqual(shown, shown.toSorted().toReversed(), address)
  }
  await page.context().close()
})

test('an import is one line of what happened lately', async () => {
  const fresh = await Core.start()
  try {
    const person = await fresh.addUser('ada@example.com', 'correct horse battery')
    await fresh.demo()
    const page = await open(desk.browser)
    await signIn(page, fresh, person)
    await visit(page, fresh, '/caseyos')
    const lines = await page.locator('.timeline li').allInnerTexts()
    assert.ok(lines.length <= 2, lines.join('\n'))
    assert.match(lines[0], /^\d\d moves were made/)
    await page.context().close()
  } finally {
    await fresh.stop()
  }
})
