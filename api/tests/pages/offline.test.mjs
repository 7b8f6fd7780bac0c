// Without the core: Today can be read as it was, says so, and offers nothing that would not work.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { assertAccessible, Desk, visit } from './harness.mjs'

let desk
let title
before(async () => {
  desk = await Desk.open((core) => core.demo())
})
after(() => desk?.close())

const kept = (page) => page.evaluate(async () => (await (await caches.open('kept')).match('/today'))?.text())

/** Opens Today and waits until it is kept. */
async function keepToday(page) {
  await visit(page, desk.core, '/today')
  title = await page.locator('.move h2').first().innerText()
  for (let tries = 0; tries < 100; tries += 1) {
    const text = await kept(page)
    if (text) return text
    await page.waitForTimeout(50)
  }
  return assert.fail('Today was not kept')
}

test('what is kept holds no secret and nothing to press', async () => {
  const page = await desk.page()
  const text = await keepToday(page)
  const csrf = await page.locator('meta[name=csrf-token]').getAttribute('content')
  assert.ok(text.includes(title))
  assert.ok(!text.includes(csrf) && !text.includes('<form'), 'the secret or a form is kept')
  await page.context().close()
})

test('signing out forgets what was kept', async () => {
  const state = await desk.signedIn(desk.person)
  const page = await desk.page({ state })
  await keepToday(page)
  await page.getByRole('button', { name: 'Sign out' }).first().click()
  await page.waitForURL('**/sign-in')
  assert.equal(await kept(page), undefined)
  await page.context().close()
})

test('a page that loses its network says so, and an act that cannot be sent is taken back', async () => {
  const page = await desk.page()
  await visit(page, desk.core, '/today')
  const first = await page.locator('.move h2').first().innerText()
  await page.route('**/api/command-queue/**', (route) => route.abort())
  await page.keyboard.press('j')
  await page.keyboard.press('d')
  await page.locator('.toast.bad').waitFor()
  assert.equal(await page.locator('.toast b').innerText(), `CaseyOS cannot be reached. “${first}” is as it was.`)
  await page.context().setOffline(true)
  await page.locator('.offline').waitFor()
  assert.equal(await page.locator('.acts:visible').count(), 0)
  await page.context().setOffline(false)
  await page.locator('.offline').waitFor({ state: 'hidden' })
  await page.context().close()
})

test('without the core Today is shown as of when it was loaded, and other pages say what is so', async () => {
  const page = await desk.page({ width: 360 })
  await keepToday(page)
  await desk.core.halt()
  await page.goto(`${desk.core.url}/today`)
  assert.equal(await page.locator('.move h2').first().innerText(), title)
  assert.match(await page.locator('.offline').innerText(), /This is the list as of \w{3} \d+ \w{3}, \d\d:\d\d/)
  assert.equal(await page.locator('.acts:visible, form:visible, button:visible').count(), 0)
  await assertAccessible(page, 'Today without the core')
  await page.keyboard.press('j')
  await page.keyboard.press('d')
  assert.equal(await page.locator('.toast').count(), 0)
  await page.goto(`${desk.core.url}/contacts`)
  assert.equal(await page.locator('h1').innerText(), 'CaseyOS cannot be reached')
  await assertAccessible(page, 'the offline page')
  await page.getByRole('link', { name: 'Go to Today' }).click()
  await page.locator('.offline').waitFor()
  await page.context().close()
})
