import fc from 'fast-check';
import type { Result } from './run-document.js';
import { result } from './sample.test.support.js';

/** What a guest may print to be taken for something else. */
const attacks = [
  '</failure></testcase><script>alert(1)</script>',
  ']]> &amp; <![CDATA[',
  '\x1b]0;title\x07\x1b[2J\x9b31m',
  '\r\nBcc: everyone@example.org\r\n\r\nbody',
  'ok 99 - fine\nok 100 - fine # SKIP',
  '# SKIP because',
  '    ok 1 nested\n1..9\nKTAP version 1',
  'a | b \\| c \\\\| d',
  '```\n# heading\n![x](http://e.example/x.png) ``',
  '<img src=x onerror=alert(1)> [a](javascript:alert(1)) @everyone #1',
  '\u202egnp.exe\u2066',
  '\u0000\ud800\ufffe',
  "'; rm -rf / #$(reboot)`reboot`",
  '=?utf-8?q?x?= <a@b.example>',
  '- - -\n===\n***',
];
export const hostileText = fc.oneof(
  fc.constantFrom(...attacks),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.tuple(fc.constantFrom(...attacks), fc.string({ maxLength: 10 })).map(([a, b]) => `${b}${a}${b}`),
);

/** A result in which everything that a guest or a scenario says is hostile; its shape is as real ones are. */
export const hostileResult: fc.Arbitrary<Result> = fc
  .record({
    text: fc.array(hostileText, { minLength: 12, maxLength: 12 }),
    outcome: fc.constantFrom('pass', 'fail', 'skip', 'broken'),
  })
  .map(({ text, outcome }) =>
    result({
      scenario: text[0]!,
      variant: { [text[1]!]: text[2]! },
      kernel: text[3]!,
      outcome,
      reasons: [text[4]!, text[5]!],
      checks: [
        { name: text[6]!, ok: false, want: text[7]!, got: text[8]! },
        { name: text[9]!, ok: true, want: text[8]!, got: text[7]! },
      ],
      metrics: [{ name: text[10]!, value: 1.5, unit: text[11]!, better: 'higher' }],
      comparison: [{ property: text[9]!, value: text[8]! }],
      evidence: {
        dma: { bytesByRegion: { [text[1]!]: 4096 } },
        steps: [
          {
            ...{ name: text[6]!, kind: text[7]!, machine: text[8]!, ms: 5, dipBytes: {}, bytesByRegion: {} },
            transfers: [
              {
                machine: text[8]!,
                drive: text[9]!,
                direction: 'read',
                commands: 7,
                bytesByRegion: { [text[1]!]: 4096 },
              },
            ],
          },
        ],
        findings: [
          {
            machine: text[8]!,
            pattern: text[9]!,
            title: text[10]!,
            fingerprint: text[11]!,
            line: 3,
            file: text[2]!,
          },
        ],
      },
    }),
  );

/** One with another outcome and other numbers, as if it had run on another kernel. */
export const changed = (r: Result): Result => ({
  ...r,
  outcome: r.outcome === 'pass' ? 'fail' : 'pass',
  metrics: r.metrics.map((metric) => ({ ...metric, value: 3 })),
  comparison: r.comparison.map((c) => ({ ...c, value: `${c.value}x` })),
  evidence: {
    ...r.evidence,
    steps: r.evidence.steps.map((step) => ({
      ...step,
      transfers: step.transfers.map((transfer) => ({
        ...transfer,
        commands: 70,
        bytesByRegion: { ram: 4096 },
      })),
    })),
  },
});

/** Characters that no text file of ours may have. */
export const liveCharacter =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe]/u;
