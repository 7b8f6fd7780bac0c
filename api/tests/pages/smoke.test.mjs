// The core starts, answers, and its landing page is for everybody.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import {
  assertAccessible,
  assertNoComplaints,
  assertNoSidewaysScroll,
  Core,
  launch,
  open,
  visit,
  WIDTHS,
} from './harness.mjs'

let core
let browser
before(async () => {
  core = await Core.start()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await core?.stop()
})

test('the core says that it lives', async () => {
  const answer = await fetch(`${core.url}/healthz`)
  assert.equal(answer.status, 200)
})

for (const [name, width] of Object.entries(WIDTHS)) {
  for (const scheme of ['light', 'dark']) {
    test(`the landing page is whole and accessible: ${name}, ${scheme}`, async () => {
      const page = await open(browser, { width, scheme })
      await visit(page, core, '/')
      assert.ok(await page.title(), 'the page has a title')
      assert.equal(await page.locator('meta[name=viewport]').count(), 1, 'the page has a viewport')
      await assertNoSidewaysScroll(page)
      await assertAccessible(page)
      assertNoComplaints(page)
      await page.context().close()
    })
  }
}
