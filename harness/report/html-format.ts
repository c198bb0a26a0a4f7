import type { ReportFormat } from './formats.js';

/** The libraries behind it are loaded when it is asked for: every other command starts without them. */
export const htmlFormat: ReportFormat = {
  file: 'report.html',
  summary: 'one page with filters, drawings and logs; needs no network',
  render: async (run, options) => (await import('./html/render-page.js')).renderPage(run, options),
};
