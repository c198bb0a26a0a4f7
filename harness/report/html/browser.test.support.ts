import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Test } from 'tap';

/** Debian's. */
export const chromiumBinary = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) =>
  existsSync(file),
);
/** Why a test of the page cannot run here; false when it can. */
export const noBrowser: string | false =
  chromiumBinary === undefined && 'there is no chromium here: apt-get install chromium';

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumBinary,
    args: ['--no-sandbox', '--disable-gpu', '--disable-lcd-text'],
  });

export type Opened = { page: Page; complaints: string[]; requests: string[] };
type Options = { html: string; width?: number; scheme?: 'light' | 'dark'; hash?: string };

/** Opens a report from a file; `complaints` is what its console says, `requests` what it asks for beside itself. */
export async function open(
  t: Test,
  browser: Browser,
  { html, width = 1280, scheme = 'light', hash = '' }: Options,
): Promise<Opened> {
  const dir = t.testdir({ 'report.html': html });
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  t.teardown(() => page.close());
  const url = pathToFileURL(path.join(dir, 'report.html')).href;
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => request.url().split('#')[0] !== url && requests.push(request.url()));
  await page.goto(url + hash);
  return { page, complaints, requests };
}

/** Titles of the rows that are shown. */
export const shown = (page: Page): Promise<string[]> =>
  page.locator('.results > tbody:visible .title').allInnerTexts();
