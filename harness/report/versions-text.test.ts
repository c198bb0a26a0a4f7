import pc from 'picocolors';
import t from 'tap';
import { versionsText } from './versions-text.js';

const colors = pc.createColors(false);

t.test('patches and breaks of two versions', async (t) => {
  const text = versionsText(
    {
      previous: 'v2',
      patches: [
        { patch: 1, previous: 1, change: 'same' },
        { patch: 2, previous: 3, change: 'changed' },
        { patch: 3, change: 'new' },
        { previous: 2, change: 'dropped' },
      ],
      breaks: [
        { state: 'new', row: 'copy', patch: '3', reason: 'data differ' },
        { state: 'still failing', row: 'builds', patch: '2', previous: '3', reason: 'no ;' },
        { state: 'fixed', row: 'boots', previous: '2', reason: 'panic' },
      ],
    },
    colors,
  );
  t.equal(
    text,
    `against v2: 1 is its 1; 2 is its 3, changed; 3 is new; its 2 is dropped
  new: copy, patch 3: data differ
  still failing: builds, patch 2: no ;
  fixed: boots, its patch 2: panic
`,
  );
});

t.test('two versions that break nothing', async (t) => {
  const same = { patch: 1, previous: 1, change: 'same' } as const;
  t.equal(
    versionsText({ previous: 'v2', patches: [same], breaks: [] }, colors),
    'against v2: 1 is its 1\n  neither breaks anything\n',
  );
});
