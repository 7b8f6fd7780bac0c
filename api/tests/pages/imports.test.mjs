// A lead list goes through the page and becomes moves; what could not be read is named; nothing needs a script.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import {
  assertAccessible,
  assertNoComplaints,
  assertNoSidewaysScroll,
  Core,
  launch,
  open,
  signIn,
  visit,
  WIDTHS,
} from './harness.mjs'

const LIST = [
  'Contact,E-mail,Firma,Budget,Converted',
  'Ann Lee,ann@acme.example,Acme,high,yes',
  'Bob Roy,bob@lumen.example,Lumen Freight,,no',
  'Nobody,no address,Acme,low,no',
  'Ann L.,ann@acme.example,Acme,,yes',
].join('\n')

const MAIL = [
  'From ann@kunde.example Mon Mar  2 10:00:00 2026',
  'Message-ID: <1@kunde.example>',
  'From: Priya Nair <priya@kunde.example>',
  'To: me@acme.example',
  `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
  'Subject: Pricing',
  '',
  'Does the annual plan include the API?',
  '',
].join('\n')

let core
let browser
let key
const states = {}
before(async () => {
  core = await Core.start()
  browser = await launch()
  for (const role of ['admin', 'viewer']) {
    const person = await core.addUser(`${role}@example.com`, 'correct horse battery', role)
    const page = await open(browser)
    await signIn(page, core, person)
    states[role] = await page.context().cookies()
    await page.context().close()
  }
  ;({ key } = await core.key('admin@example.com', ['queue:read']))
})
after(async () => {
  await browser?.close()
  await core?.stop()
})

async function signedIn(options, role = 'admin') {
  const page = await open(browser, options)
  await page.context().addCookies(states[role])
  return page
}

const csv = (name, text) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Looks again, as the page says, until it has these words. */
async function lookUntil(page, words) {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(200)) {
    if ((await page.locator('main').innerText()).includes(words)) return
    await page.reload()
  }
  assert.fail(`the page never said ${words}:\n${await page.locator('main').innerText()}`)
}

async function sound(page, what) {
  await assertNoSidewaysScroll(page, what)
  await assertAccessible(page, what)
}

test('without a script a list is sent, looked at, mapped and taken, and becomes moves', async () => {
  const page = await signedIn({ script: false })
  await visit(page, core, '/imports')
  await page.setInputFiles('#f-leads', csv('fair.csv', LIST))
  await page.getByRole('button', { name: 'Look at the columns' }).click()
  assert.equal(await page.locator('h1').innerText(), 'What the columns mean')
  assert.match(await page.locator('main').innerText(), /fair\.csv: 4 rows: 2 good, 1 repeated, 1 cannot be taken/)
  assert.equal(await page.getByLabel('What “E-mail” means').inputValue(), 'email')
  await page.getByLabel('What “Contact” means').selectOption('name')
  await page.getByLabel('What “Budget” means').selectOption('email')
  await page.getByRole('button', { name: 'See what that gives' }).click()
  assert.match(await page.locator('.notice.bad').innerText(), /only one can/)
  await page.getByLabel('What “Budget” means').selectOption({ label: 'Keep it as it is' })
  await page.getByLabel('Which column says').selectOption('Converted')
  await page.getByRole('button', { name: 'Import these leads' }).click()
  assert.equal(await page.locator('h1').innerText(), 'fair.csv')
  await lookUntil(page, '4 rows: 2 new, 1 known already, 1 could not be read')
  await lookUntil(page, 'Made a move')
  await page.getByRole('link', { name: 'Not taken' }).click()
  assert.match(await page.locator('.lines').last().innerText(), /Line 4[^]*no address/)
  await page.getByRole('link', { name: 'Made a move' }).click()
  await page.getByRole('link', { name: 'See the move' }).first().click()
  assert.match(await page.locator('h1').innerText(), /Ann|Bob/)
  const moves = await core.get('/api/command-queue', key)
  assert.equal(moves.items.length, 2)
  await page.context().close()
})

test('with a script the page follows the import to its end by itself', async () => {
  const page = await signedIn()
  await visit(page, core, '/imports')
  await page.setInputFiles('#f-mail', { name: 'all.mbox', mimeType: 'application/mbox', buffer: Buffer.from(MAIL) })
  await page.fill('#f-me', 'me@acme.example')
  await page.getByRole('button', { name: 'Read this mail' }).click()
  await page.waitForURL(/\/imports\/[0-9a-f-]{36}$/)
  await page.getByText('1 message: 1 new').waitFor({ timeout: 20_000 })
  await page.getByRole('link', { name: 'See the move' }).waitFor({ timeout: 20_000 })
  await page.locator('#follow:not([data-follow])').waitFor({ timeout: 20_000 })
  assertNoComplaints(page)
  await page.context().close()
})

test('what is no list is refused on the page where it was chosen, and so is what is too large', async () => {
  const page = await signedIn()
  await visit(page, core, '/imports')
  await page.setInputFiles('#f-leads', csv('book.xlsx', 'PK\u0003\u0004'))
  await page.getByRole('button', { name: 'Look at the columns' }).click()
  assert.match(await page.locator('.notice.bad').innerText(), /Excel workbook[^]*save it as CSV/)
  await sound(page, 'a refused list')
  await page.setInputFiles('#f-leads', csv('large.csv', `email\n${'x'.repeat(21 << 20)}`))
  await page.getByRole('button', { name: 'Look at the columns' }).click()
  assert.match(await page.locator('main').innerText(), /Files up to 20 MiB/)
  await page.context().close()
})

test('a viewer sees the imports and is offered none', async () => {
  const page = await signedIn({}, 'viewer')
  await visit(page, core, '/imports')
  assert.equal(await page.locator('input[type=file]').count(), 0)
  assert.ok((await page.locator('.lines a').count()) > 0)
  await sound(page, 'the imports of a viewer')
  await page.context().close()
})

for (const [name, width] of Object.entries(WIDTHS)) {
  for (const scheme of ['light', 'dark']) {
    test(`every page of an import is whole and accessible: ${name}, ${scheme}`, async () => {
      const page = await signedIn({ width, scheme })
      const shoot = async (what) => {
        await sound(page, what)
        const folder = process.env.CASEYOS_SHOTS
        if (folder) await page.screenshot({ path: `${folder}/${what}-${name}-${scheme}.png`, fullPage: true })
      }
      await visit(page, core, '/imports')
      await shoot('imports')
      await page.setInputFiles('#f-leads', csv('fair.csv', LIST))
      await page.getByRole('button', { name: 'Look at the columns' }).click()
      await page.waitForURL(/\/imports\/leads\//)
      await shoot('mapping')
      await page.getByRole('button', { name: 'Import these leads' }).click()
      await page.waitForURL(/\/imports\/[0-9a-f-]{36}$/)
      await page.locator('#follow:not([data-follow])').waitFor({ timeout: 20_000 })
      await shoot('import-again')
      await visit(page, core, '/imports')
      await page.locator('.lines a', { hasText: 'fair.csv' }).last().click()
      await shoot('import')
      await page.getByRole('link', { name: 'Joined a move' }).click()
      await shoot('import-none')
      assertNoComplaints(page)
      await page.context().close()
    })
  }
}
