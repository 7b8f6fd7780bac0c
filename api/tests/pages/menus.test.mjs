// What opens on Today stays on the screen and out of the way: menus, reasons, counts, labels.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { addMove, assertNoComplaints, Desk, visit } from './harness.mjs'

const SIZES = [
  { width: 360, height: 640 },
  { width: 1280, height: 720 },
]
const MOVES = 104

let desk
let reader
before(async () => {
  desk = await Desk.open(async (core, person) => {
    const { key } = await core.key(person.email, ['queue:write', 'queue:read'])
    reader = key
    for (let at = 0; at < MOVES; at += 1) await addMove(core, key, { title: `Call number ${at}`, kind: 'call' })
    await core.addUser('bo@example.com', 'correct horse battery')
  })
})
after(() => desk?.close())

const toast = (page) => page.locator('.toast b').innerText()
const focused = (page) => page.evaluate(() => document.activeElement?.innerText)

/** Asserts that the whole of something is on the screen and can be pressed where it is. */
async function assertInReach(page, part, what) {
  const { box, hit } = await part.evaluate((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect()
    const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    return { box: { left, top, right, bottom }, hit: element === at || element.contains(at) }
  })
  const { width, height } = page.viewportSize()
  assert.ok(box.left >= 0 && box.top >= 0 && box.right <= width && box.bottom <= height, `${what}: ${JSON.stringify(box)}`)
  assert.ok(hit, `${what} is covered`)
}

for (const size of SIZES) {
  test(`the last card’s snooze menu is in reach, by key and by mouse: ${size.width} px`, async () => {
    const page = await desk.page({ width: size.width })
    await page.setViewportSize(size)
    await visit(page, desk.core, '/today')
    await page.keyboard.press('j')
    await page.keyboard.press('d') // its message lies over the bottom of the page
    await page.locator('.toast').waitFor()
    await page.waitForLoadState('networkidle')
    const card = page.locator('.move:visible').last()
    const parts = () => card.locator('[data-menu=snooze] :is(.panel button, .panel input:not([type=hidden]))')
    await card.focus()
    await page.keyboard.press('s')
    assert.equal(await focused(page), '1 hour')
    for (const part of await parts().all()) await assertInReach(page, part, await part.evaluate((one) => one.outerHTML))
    await page.keyboard.press('ArrowDown')
    assert.equal(await focused(page), 'Tomorrow 9:00')
    await page.keyboard.press('End')
    assert.equal(await focused(page), 'Put off until then')
    await page.keyboard.press('Escape')
    assert.match(await focused(page), /^Snooze/)
    assert.equal(await parts().first().isVisible(), false)
    await card.locator('[data-menu=snooze] summary').click()
    for (const part of await parts().all()) await assertInReach(page, part, await part.evaluate((one) => one.outerHTML))
    await page.keyboard.press('Escape')
    await page.keyboard.press('z')
    await page.locator('.toast', { hasText: 'Taken back' }).waitFor()
    await page.waitForLoadState('networkidle')
    assertNoComplaints(page)
    await page.context().close()
  })

  test(`after a dismissal one key leads to the reasons, and one more notes it: ${size.width} px`, async () => {
    const page = await desk.page({ width: size.width })
    await page.setViewportSize(size)
    await visit(page, desk.core, '/today')
    const card = page.locator('.move').first()
    const [title, address] = [await card.locator('h2').innerText(), await card.locator('h2 a').getAttribute('href')]
    await page.keyboard.press('j')
    await page.keyboard.press('d')
    assert.equal(await toast(page), `Dismissed: ${title}`)
    const next = await focused(page)
    await page.keyboard.press('w')
    for (const part of await page.locator('.toast .panel :is(button, input:not([type=hidden]))').all()) {
      await assertInReach(page, part, await part.evaluate((one) => one.outerHTML))
    }
    await page.keyboard.press('ArrowDown')
    assert.equal(await focused(page), 'Wrong person')
    await page.keyboard.press('Enter')
    assert.equal(await toast(page), 'Noted: Wrong person')
    assert.equal(await focused(page), next)
    await page.waitForLoadState('networkidle')
    await visit(page, desk.core, address)
    assert.match(await page.locator('.facts').innerText(), /Dismissed because\s+Wrong person/)
    assert.match(await page.locator('.timeline').last().innerText(), /You said why: Wrong person/)
    await page.getByRole('button', { name: 'Put it back' }).click()
    assert.doesNotMatch(await page.locator('.facts').innerText(), /Dismissed because/)
    assertNoComplaints(page)
    await page.context().close()
  })
}

test('who said why can still undo the dismissal, and nobody else says it for them', async () => {
  const page = await desk.page()
  await visit(page, desk.core, '/today')
  const card = page.locator('.move').first()
  const [title, address] = [await card.locator('h2').innerText(), await card.locator('h2 a').getAttribute('href')]
  await page.keyboard.press('j')
  await page.keyboard.press('d')
  await page.keyboard.press('w')
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.type('They merged last week')
  await page.keyboard.press('Enter')
  assert.equal(await toast(page), 'Noted: They merged last week')
  await page.waitForLoadState('networkidle')

  const other = await desk.page({ state: await desk.signedIn({ email: 'bo@example.com', password: 'correct horse battery' }) })
  await visit(other, desk.core, '/today')
  const csrf = await other.locator('meta[name=csrf-token]').getAttribute('content')
  const answer = await other.request.post(`${desk.core.url}${address}/because`, { form: { csrf, reason: 'x' }, maxRedirects: 0 })
  assert.equal(answer.status(), 403)
  await other.context().close()

  await page.keyboard.press('z')
  await page.waitForFunction((title) => document.querySelector('.move h2')?.innerText === title, title)
  const move = await desk.core.get(`/api/command-queue/${address.split('/').pop()}`, reader)
  assert.equal(move.state, 'pending')
  assertNoComplaints(page)
  await page.context().close()
})

test('without a script a move is dismissed with a reason, or given one from the message', async () => {
  const page = await desk.page({ script: false })
  for (const say of [
    async () => {
      await page.locator('[data-menu=dismiss] summary').first().click()
      await page.locator('[data-menu=dismiss] button', { hasText: 'Bad timing' }).first().click()
    },
    async () => {
      await page.locator('form[data-act=dismiss] button').first().click()
      await page.locator('.toast summary').click()
      await page.locator('.toast button', { hasText: 'Bad timing' }).click()
    },
  ]) {
    await visit(page, desk.core, '/today')
    const address = await page.locator('.move h2 a').first().getAttribute('href')
    await say()
    assert.match(await toast(page), /^Dismissed, with your reason: /)
    await visit(page, desk.core, address)
    assert.match(await page.locator('.facts').innerText(), /Dismissed because\s+Bad timing/)
    await page.getByRole('button', { name: 'Put it back' }).click()
  }
  await page.context().close()
})

test('on a move’s own page a dismissal comes with its undo and its reasons, too', async () => {
  const page = await desk.page()
  await visit(page, desk.core, '/today')
  await page.locator('.move h2 a').first().click()
  await page.waitForURL(/\/queue\//)
  await page.keyboard.press('d')
  await page.locator('.toast .because').waitFor()
  await page.keyboard.press('w')
  await page.keyboard.press('Enter')
  assert.equal(await toast(page), 'Noted: Not a fit')
  await page.keyboard.press('z')
  await page.getByRole('button', { name: 'I’ll call them' }).waitFor()
  assertNoComplaints(page)
  await page.context().close()
})

test('a large count is short where there is no room, whole elsewhere, and follows what is done', async () => {
  const page = await desk.page({ width: 360 })
  await visit(page, desk.core, '/today')
  const badge = page.locator('.tabs .badge')
  assert.match(await badge.innerText(), /99\+/)
  const over = await badge.evaluate((one) => {
    const label = [...one.parentElement.childNodes].find((node) => node.nodeType === 3 && node.data.trim())
    const range = document.createRange()
    range.selectNode(label)
    const [a, b] = [one.getBoundingClientRect(), range.getBoundingClientRect()]
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
  })
  assert.equal(over, false, 'the count covers its label')
  await page.setViewportSize({ width: 1280, height: 720 })
  assert.equal(await page.locator('.side .badge').innerText(), String(MOVES))
  await page.keyboard.press('j')
  await page.keyboard.press('d')
  await page.waitForFunction((count) => document.querySelector('.side .badge').innerText === count, String(MOVES - 1))
  await page.keyboard.press('z')
  await page.waitForFunction((count) => document.querySelector('.side .badge').innerText === count, String(MOVES))
  await page.context().close()
})

for (const width of [320, 360, 1280]) {
  test(`no control’s word is broken: ${width} px`, async () => {
    const page = await desk.page({ width })
    for (const address of ['/caseyos', '/contacts', '/today', '/signals', '/admin/keys']) {
      await visit(page, desk.core, address)
      for (const link of await page.locator('.tabs a:visible, .tabs summary:visible, .search button').all()) {
        const broken = await link.evaluate((one) => {
          for (const node of one.childNodes) {
            if (node.nodeType !== 3 || !node.data.trim()) continue
            const range = document.createRange()
            range.selectNode(node)
            if (range.getClientRects().length > 1) return true
          }
          return one.scrollWidth > one.clientWidth
        })
        assert.equal(broken, false, `${address}: ${await link.innerText()}`)
      }
    }
    await page.context().close()
  })
}
