// Starts the built core with a data folder of its own and looks at its pages in a real Chromium.
//
// `cargo xtask test pages` and `cargo xtask shots` set the three variables below; by hand:
// CASEYOS_BIN (the built `caseyos`), CASEYOS_CHROMIUM (the browser), CASEYOS_NODE_MODULES (from `npm ci` in this folder).
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

const here = import.meta.dirname
const modules = process.env.CASEYOS_NODE_MODULES ?? path.join(here, 'node_modules')
const load = createRequire(path.join(modules, 'any.js'))
const { chromium } = load('playwright-core')

/** What axe-core must find nothing of, on every page. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** The widths in CSS pixels that every page is looked at. */
export const WIDTHS = { phone: 360, desk: 1280 }

/** How long a command may take, in milliseconds. */
const PATIENCE = 120_000

function needed(name) {
  const value = process.env[name]
  assert.ok(value, `${name} is not set: run \`cargo xtask test pages\``)
  return value
}

async function freePort() {
  const probe = createServer()
  await new Promise((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** A running core: `url`, its command line, and `stop()`. */
export class Core {
  /** Starts `caseyos serve` on an empty SQLite database; resolves when it answers. */
  static async start({ args = [], env = {} } = {}) {
    const core = new Core()
    core.folder = await mkdtemp(path.join(tmpdir(), 'caseyos-pages-'))
    const port = await freePort()
    core.url = `http://127.0.0.1:${port}`
    core.env = {
      ...process.env,
      CASEYOS_DATA_DIR: core.folder,
      CASEYOS_PUBLIC_URL: core.url,
      DATABASE_URL: `sqlite://${path.join(core.folder, 'caseyos.db')}`,
      ...env,
    }
    core.said = ''
    core.process = spawn(needed('CASEYOS_BIN'), ['serve', '--addr', `127.0.0.1:${port}`, ...args], {
      cwd: core.folder,
      env: core.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const hear = (chunk) => (core.said += chunk)
    core.process.stdout.setEncoding('utf8').on('data', hear)
    core.process.stderr.setEncoding('utf8').on('data', hear)
    core.ended = new Promise((resolve) => {
      core.process.once('exit', (code, signal) => resolve(signal ?? code))
      core.process.once('error', (error) => resolve(error.message))
    })
    try {
      await core.#ready()
    } catch (error) {
      await core.stop()
      throw error
    }
    return core
  }

  async #ready() {
    let end
    this.ended.then((how) => (end = how))
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) {
      assert.equal(end, undefined, `the core ended with ${end}:\n${this.said}`)
      const answer = await fetch(`${this.url}/healthz`).catch(() => undefined)
      if (answer?.ok) return
    }
    assert.fail(`the core did not answer /healthz within 30 s:\n${this.said}`)
  }

  /** The one-time set-up link that it printed (only while no user exists). */
  async setupLink() {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(50)) {
      const link = this.said.match(/^Set-up: (\S+\/setup\?token=\S+)$/m)
      if (link) return link[1]
    }
    assert.fail(`no line "Set-up: …/setup?token=…" was printed:\n${this.said}`)
  }

  /** Runs a command of `caseyos` beside the server; resolves with its standard output, fails unless it ends with 0 in time. */
  async command(args, input = '') {
    const child = spawn(needed('CASEYOS_BIN'), args, { cwd: this.folder, env: this.env, stdio: 'pipe' })
    let out = ''
    let complaints = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => (out += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk) => (complaints += chunk))
    child.stdin.on('error', () => {}) // a command that reads nothing may close it first
    child.stdin.end(input)
    let late = false
    const patience = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, PATIENCE)
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
    clearTimeout(patience)
    assert.ok(!late, `caseyos ${args.join(' ')} did not end within ${PATIENCE / 1000} s: ${complaints}${out}`)
    assert.equal(code, 0, `caseyos ${args.join(' ')} ended with ${code}: ${complaints}${out}`)
    return out
  }

  /** Makes a person by the command line; `password` is what signs in afterwards. */
  async addUser(email, password, role = 'admin') {
    await this.command(['user', 'add', email, '--role', role, '--password-stdin'], `${password}\n`)
    return { email, password }
  }

  /** Fills the workspace with the demo. */
  async demo() {
    await this.command(['demo'])
  }

  /** Makes an API key: `{id, key}`. */
  async key(email, scopes) {
    return JSON.parse(await this.command(['key', 'create', '--user', email, '--scopes', scopes.join(','), '--json']))
  }

  /** A read of the API with a key; resolves with the JSON. */
  async get(address, key) {
    const answer = await fetch(this.url + address, { headers: { authorization: `Bearer ${key}` } })
    assert.equal(answer.status, 200, `GET ${address}: ${await answer.clone().text()}`)
    return answer.json()
  }

  /** Ends the core and leaves its data. */
  async halt() {
    this.process.kill('SIGTERM')
    const late = setTimeout(() => this.process.kill('SIGKILL'), 10_000)
    await this.ended
    clearTimeout(late)
  }

  /** Ends the core and removes its data, whatever happened before. */
  async stop() {
    await this.halt()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** A real Chromium; close it with `close()`. */
export async function launch() {
  return chromium.launch({
    executablePath: needed('CASEYOS_CHROMIUM'),
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/**
 * A page of a fresh browser session. `page.complaints` collects what the browser objects to: script errors,
 * blocked resources (the content security policy), answers of 5xx.
 */
export async function open(browser, { width = WIDTHS.desk, scheme = 'light', script = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 740 : 800 },
    colorScheme: scheme,
    javaScriptEnabled: script,
    locale: 'en-GB',
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
  })
  const page = await context.newPage()
  page.complaints = []
  page.on('pageerror', (error) => page.complaints.push(`script: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') page.complaints.push(`console: ${message.text()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 500) page.complaints.push(`${response.status()} ${response.url()}`)
  })
  return page
}

/** Signs in through the page, as a person does. */
export async function signIn(page, core, { email, password }) {
  await page.goto(`${core.url}/sign-in`)
  await page.fill('input[name=email]', email)
  await page.fill('input[name=password]', password)
  await Promise.all([
    page.waitForURL((url) => url.pathname !== '/sign-in', { timeout: 15_000 }),
    page.press('input[name=password]', 'Enter'),
  ])
}

/** A core with somebody at it: their pages share one session. */
export class Desk {
  /** Starts a core, lets `fill(core, person)` put something into it, and signs its first admin in. */
  static async open(fill = () => {}) {
    const desk = new Desk()
    desk.core = await Core.start()
    try {
      desk.browser = await launch()
      desk.person = await desk.core.addUser('ada@example.com', 'correct horse battery')
      await fill(desk.core, desk.person)
      desk.state = await desk.signedIn(desk.person)
    } catch (error) {
      await desk.close()
      throw error
    }
    return desk
  }

  /** The cookies of somebody who signed in. */
  async signedIn(person) {
    const page = await open(this.browser)
    await signIn(page, this.core, person)
    const state = await page.context().cookies()
    await page.context().close()
    return state
  }

  /** A page of the admin's session, or of another's. */
  async page({ state = this.state, ...options } = {}) {
    const page = await open(this.browser, options)
    await page.context().addCookies(state)
    return page
  }

  async close() {
    await this.browser?.close()
    await this.core.stop()
  }
}

/** Adds a move through the API, as a program does; resolves with it. */
export async function addMove(core, key, move) {
  const answer = await fetch(`${core.url}/api/command-queue`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(move),
  })
  assert.equal(answer.status, 201, await answer.clone().text())
  return answer.json()
}

/** Presses Tab until what has focus matches, as somebody without a mouse does. */
export async function tabTo(page, selector, limit = 80) {
  for (let at = 0; at < limit; at++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return
  }
  assert.fail(`Tab does not reach ${selector} on ${page.url()}`)
}

let axe
/** Asserts that axe-core finds nothing on the page as it stands. */
export async function assertAccessible(page, what = page.url()) {
  // Evaluated by the debugger, which the page's content security policy does not touch: the policy stays on.
  axe ??= await readFile(load.resolve('axe-core/axe.min.js'), 'utf8')
  await page.evaluate(axe)
  const { violations } = await page.evaluate(
    (rules) => globalThis.axe.run(document, { runOnly: rules, resultTypes: ['violations'] }),
    RULES,
  )
  const lines = violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}\n    ${node.target.join(' ')}\n    ${node.html}`),
  )
  assert.equal(lines.length, 0, `${what} has accessibility violations:\n  ${lines.join('\n  ')}`)
}

/** Asserts that the page does not scroll sideways, and names what sticks out. */
export async function assertNoSidewaysScroll(page, what = page.url()) {
  const [wide, room, culprits] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    const beyond = [...document.body.querySelectorAll('*')].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 1,
    )
    return [scrollWidth, clientWidth, beyond.slice(0, 5).map((element) => element.outerHTML.slice(0, 120))]
  })
  assert.ok(wide <= room, `${what} is ${wide} px wide in ${room} px:\n  ${culprits.join('\n  ')}`)
}

/** Asserts that the browser objected to nothing so far. */
export function assertNoComplaints(page, what = page.url()) {
  assert.deepEqual(page.complaints, [], `${what}: the browser complained`)
}

/** Opens an address of the core and asserts that it is found. */
export async function visit(page, core, address) {
  const answer = await page.goto(core.url + address)
  assert.ok(answer.status() < 400, `${address} answers ${answer.status()}`)
}
