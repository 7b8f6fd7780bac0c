// The main tasks, each from the first key to the last without a mouse.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { addMove, assertNoComplaints, Desk, tabTo, visit } from './harness.mjs'

let desk
before(async () => {
  desk = await Desk.open(async (core, person) => {
    const { key } = await core.key(person.email, ['queue:write', 'queue:read'])
    const contact = { email: 'priya@lumen.example', name: 'Priya Nair', company: 'Lumen Freight' }
    for (let at = 1; at <= 6; at += 1) {
      await addMove(core, key, { title: `Write to number ${at}`, kind: 'task', contact, minutes: at })
    }
    await core.addUser('bo@example.com', 'correct horse battery', 'member')
  })
})
after(() => desk?.close())

const toast = (page) => page.locator('.toast b').innerText()
const first = (page) => page.locator('.move:visible h2').first().innerText()
const focused = (page) => page.evaluate(() => document.activeElement?.querySelector?.('h2')?.innerText ?? document.activeElement?.innerText)
const type = async (page, text) => {
  await page.keyboard.press('Control+A')
  await page.keyboard.type(text)
}

/** A page on Today with its best move's title, and nothing to complain about in the end. */
function task(name, run) {
  test(`by keyboard alone: ${name}`, async () => {
    const page = await desk.page()
    await visit(page, desk.core, '/today')
    await run(page, await first(page))
    await page.waitForLoadState('networkidle')
    assertNoComplaints(page)
    await page.context().close()
  })
}

task('taking a move, undoing it', async (page, title) => {
  await page.keyboard.press('j')
  await page.keyboard.press('a')
  assert.equal(await toast(page), `Taken: ${title}`)
  await page.keyboard.press('z')
  await page.waitForFunction((title) => document.activeElement?.innerText?.includes(title), title)
})

task('dismissing a move, undoing it with the message’s own button', async (page, title) => {
  await page.keyboard.press('j')
  await page.keyboard.press('d')
  assert.equal(await toast(page), `Dismissed: ${title}`)
  await tabTo(page, '.toast [data-undo]')
  await page.keyboard.press('Enter')
  await page.waitForFunction((title) => document.activeElement?.innerText?.includes(title), title)
})

task('putting a move off until a day of one’s choice', async (page, title) => {
  await page.keyboard.press('j')
  await page.keyboard.press('s')
  await tabTo(page, '.move [name=local]')
  // The first of January, in whichever order the browser asks for day and month.
  await page.keyboard.type(`0101${new Date().getUTCFullYear() + 1}`)
  await page.keyboard.press('Tab')
  await page.keyboard.type('0900AM')
  await page.keyboard.press('Enter')
  await page.waitForFunction((title) => document.querySelector('.toast b')?.innerText === `Put off: ${title}`, title)
  await page.keyboard.press('z')
  await page.waitForFunction((title) => document.querySelector('.move h2')?.innerText === title, title)
})

task('putting a move off until tomorrow', async (page, title) => {
  await page.keyboard.press('j')
  await page.keyboard.press('s')
  await page.keyboard.press('ArrowDown')
  assert.equal(await focused(page), 'Tomorrow 9:00')
  await page.keyboard.press('Enter')
  assert.equal(await toast(page), `Put off: ${title}`)
  await page.keyboard.press('z')
  await page.waitForFunction((title) => document.activeElement?.innerText?.includes(title), title)
})

task('editing a move', async (page, title) => {
  await page.keyboard.press('j')
  await page.keyboard.press('e')
  await page.waitForURL(/edit=1/)
  await page.waitForFunction(() => document.activeElement?.id === 'f-title')
  await type(page, `${title}, today`)
  await tabTo(page, '#edit .go')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('.toast b')?.innerText.startsWith('Saved'))
  assert.equal(await page.locator('h1').innerText(), `${title}, today`)
})

task('adding a move by hand', async (page) => {
  await tabTo(page, '.add summary')
  await page.keyboard.press('Enter')
  await tabTo(page, '#f-title')
  await type(page, 'Send the price book')
  await tabTo(page, '#f-email')
  await type(page, 'priya@lumen.example')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('.toast b')?.innerText === 'Added to the queue: Send the price book')
})

task('going to somebody through the palette', async (page) => {
  await page.keyboard.press('Control+k')
  await page.keyboard.type('Priya N')
  await page.locator('#palette-list li', { hasText: 'Contact' }).first().waitFor()
  while (!(await page.locator('#palette-list [aria-selected=true]', { hasText: 'Contact' }).count())) {
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/contacts\//)
  assert.equal(await page.locator('h1').innerText(), 'Priya Nair')
})

task('changing the pile, and marking done what was taken', async (page, title) => {
  await page.keyboard.press('j')
  await page.keyboard.press('a')
  await page.waitForLoadState('networkidle')
  await page.reload()
  await tabTo(page, '.piles a[href="/today?pile=taken"]')
  await page.keyboard.press('Enter')
  await page.waitForURL(/pile=taken/)
  assert.equal(await first(page), title)
  await page.keyboard.press('a')
  assert.equal(await toast(page), `Marked done: ${title}`)
})

task('handing a move to a colleague', async (page) => {
  await page.keyboard.press('j')
  await tabTo(page, '.move h2 a')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/queue\//)
  await tabTo(page, '#f-user_id')
  await page.keyboard.type('bo')
  await tabTo(page, 'form[action$="/assign"] button')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('.toast b')?.innerText.startsWith('Handed over'))
  assert.equal(await page.locator('#f-user_id option:checked').innerText(), 'bo')
})

test('by keyboard alone: signing in, and out again', async () => {
  const page = await desk.page({ state: [] })
  await visit(page, desk.core, '/sign-in')
  await tabTo(page, '[name=email]')
  await page.keyboard.type(desk.person.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(desk.person.password)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/today')
  await page.keyboard.press('Tab')
  assert.equal(await focused(page), 'Skip to the content')
  await tabTo(page, '.side form button')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/sign-in')
  await page.goto(`${desk.core.url}/today`)
  assert.equal(new URL(page.url()).pathname, '/sign-in')
  await page.context().close()
})
