import type { ComponentChildren, JSX } from 'preact';
import { contentSecurityPolicy } from './content-security.js';
import { pageScript } from './page-script.js';
import { pageStyle } from './page-style.js';

export type PageFrameProps = {
  title: string;
  /** What it is of, in a line. */
  subtitle: string;
  /** What a reader must know before anything else. */
  note?: string;
  /** Where someone without a mouse wants to go first. */
  skipTo: { id: string; text: string };
  footer: string;
  children: ComponentChildren;
};

/** What every page has around what it tells: its policy, style and script, a heading, and where it is from. */
export function PageFrame({ title, subtitle, note, skipTo, footer, children }: PageFrameProps): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content={contentSecurityPolicy({ style: pageStyle, script: pageScript })}
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: pageStyle }} />
        <script dangerouslySetInnerHTML={{ __html: pageScript }} />
      </head>
      <body>
        <a class="skip-link" href={`#${skipTo.id}`}>
          {skipTo.text}
        </a>
        <header>
          <div class="top">
            <div>
              <h1>{title}</h1>
              <p class="soft">{subtitle}</p>
            </div>
            <button type="button" id="theme" class="js-only" aria-label="Switch between light and dark">
              Dark
            </button>
          </div>
          {note !== undefined && (
            <p class="note" role="note">
              {note}
            </p>
          )}
        </header>
        <main>{children}</main>
        <footer>
          <p>{footer}</p>
        </footer>
      </body>
    </html>
  );
}
