// A rep works Today: without a script, by keyboard, and from more than one window.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { addMove, assertNoComplaints, Core, launch, open, signIn, visit } from './harness.mjs'

const MOVES = [
  { title: 'Tidy the price book', kind: 'task', due_at: new Date(Date.now() - 7_200_000).toISOString() },
  {
    title: 'Answer Priya’s pricing question',
    kind: 'reply',
    why: 'She asked: “Does the annual plan include the API?”',
    contact: { email: 'priya@lumen.example', name: 'Priya Nair', company: 'Lumen Freight' },
    due_at: new Date(Date.now() + 7_200_000).toISOString(),
  },
  { title: '<script>document.title = "owned"</script>', kind: 'custom' },
]

let core
let browser
let person
let state
before(async () => {
  core = await Core.start()
  browser = await launch()
  person = await core.addUser('ada@example.com', 'correct horse battery')
  const { key } = await core.key(person.email, ['queue:write', 'queue:read'])
  for (const move of MOVES) await addMove(core, key, move)
  const page = await open(browser)
  await signIn(page, core, person)
  state = await page.context().cookies()
  await page.context().close()
})
after(async () => {
  await browser?.close()
  await core?.stop()
})

async function signedIn(options) {
  const page = await open(browser, options)
  await page.context().addCookies(state)
  return page
}

const nextMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 16)
const titles = (page) => page.locator('.move:visible h2').allInnerTexts()
const toast = (page) => page.locator('.toast b').innerText()
const focused = (page) => page.evaluate(() => document.activeElement?.querySelector?.('h2')?.innerText)

test('without a script a move is dismissed, undone, put off and brought back', async () => {
  const page = await signedIn({ script: false })
  await visit(page, core, '/today')
  const [first] = await titles(page)
  await page.locator('.move .acts button.quiet').first().click()
  assert.equal(await toast(page), `Dismissed: ${first}`)
  await page.locator('.toast [data-undo]').click()
  assert.equal((await titles(page))[0], first)
  await page.locator('.move [data-menu=snooze] summary').first().click()
  await page.locator('.move .pick input[name=local]').first().fill(nextMonth)
  await page.locator('.move .pick button').first().click()
  assert.equal(await toast(page), `Put off: ${first}`)
  await visit(page, core, '/today?pile=later')
  await page.locator('.acts button.go').first().click()
  await visit(page, core, '/today')
  assert.equal((await titles(page))[0], first)
  await page.context().close()
})

test('by keyboard: an act shows at once, the next card has focus, undo brings it back, other windows follow', async () => {
  const page = await signedIn()
  const beside = await page.context().newPage()
  await beside.goto(`${core.url}/today`)
  await visit(page, core, '/today')
  const [first, second] = await titles(page)
  await page.keyboard.press('j')
  assert.equal(await focused(page), first)
  await page.keyboard.press('d')
  assert.equal(await toast(page), `Dismissed: ${first}`)
  assert.equal(await focused(page), second)
  await beside.waitForFunction((title) => !document.body.innerText.includes(title), first, { timeout: 5_000 })
  await page.keyboard.press('z')
  await page.waitForFunction((title) => document.activeElement?.innerText?.includes(title), first, { timeout: 5_000 })
  assert.deepEqual((await titles(page)).slice(0, 2), [first, second])
  assertNoComplaints(page)
  await page.context().close()
})

test('an act that is refused is taken back on the page, with the reason', async () => {
  const page = await signedIn()
  await page.route('**/dismiss', (route) =>
    route.fulfill({ status: 409, contentType: 'application/problem+json', body: '{"detail":"This move is done."}' }),
  )
  await visit(page, core, '/today')
  const [first] = await titles(page)
  await page.keyboard.press('j')
  await page.keyboard.press('d')
  await page.locator('.toast.bad').waitFor()
  assert.match(await toast(page), /^This move is done\./)
  assert.equal(await focused(page), first)
  await page.context().close()
})

test('the palette goes to a contact, and a hostile title stays a title', async () => {
  const page = await signedIn()
  await visit(page, core, '/today')
  assert.notEqual(await page.title(), 'owned')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('Priya N')
  await page.locator('#palette-list li', { hasText: 'Contact' }).first().click()
  await page.waitForURL(/\/contacts\//)
  assert.equal(await page.locator('h1').innerText(), 'Priya Nair')
  assertNoComplaints(page)
  await page.context().close()
})

test('a form with another secret, or from another site, changes nothing', async () => {
  const page = await signedIn()
  await visit(page, core, '/today')
  const address = await page.locator('form[data-act=dismiss]').first().getAttribute('action')
  const csrf = await page.locator('meta[name=csrf-token]').getAttribute('content')
  const post = (form, headers) =>
    page.request.post(core.url + address, { form, headers, maxRedirects: 0 }).then((answer) => answer.status())
  assert.equal(await post({ csrf: 'x' }), 403)
  assert.equal(await post({ csrf }, { origin: 'https://evil.example' }), 403)
  assert.equal(await post({ csrf: 'x'.repeat(csrf.length) }, { 'sec-fetch-site': 'cross-site' }), 403)
  await page.reload()
  assert.equal((await titles(page)).length, MOVES.length)
  await page.context().close()
})

test('a stranger is led to the door and back to the page', async () => {
  const page = await open(browser)
  await page.goto(`${core.url}/contacts?q=Priya`)
  assert.equal(new URL(page.url()).pathname, '/sign-in')
  await page.fill('input[name=email]', person.email)
  await page.fill('input[name=password]', person.password)
  await page.press('input[name=password]', 'Enter')
  await page.waitForURL('**/contacts?q=Priya')
  await page.context().close()
})

test('the old addresses lead to their pages for good', async () => {
  const id = '01890a5d-ac96-774b-bcce-b302099a8057'
  for (const [old, now] of [
    ['/static/command-queue.html', '/today'],
    [`/static/queue-item-detail.html?id=${id}`, `/queue/${id}`],
    ['/static/admin.html', '/admin'],
    ['/static/index.html', '/'],
  ]) {
    const answer = await fetch(core.url + old, { redirect: 'manual' })
    assert.deepEqual([answer.status, answer.headers.get('location')], [308, now])
  }
})
