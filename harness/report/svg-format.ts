import type { ReportFormat } from './formats.js';

/** The figures alone, for a mail or a slide: throughput of the run, and of each result its throughput and topology. */
export const svgFormat: ReportFormat = {
  file: 'pictures/throughput.svg',
  summary: 'figures of throughput, and beside it of each result and topology',
  render: async (run, options) => (await import('./html/picture-files.js')).throughputOfRun(run, options),
  more: async (run, options) => (await import('./html/picture-files.js')).picturesOfResults(run, options),
};
