import t from 'tap';
import { describeLoss, lostSymbols } from './config-survival.js';
import { configSymbols } from './kconfig-text.js';

const fragment = (file: string, text: string) => ({ file, text });
const config = 'CONFIG_A=y\nCONFIG_M=m\nCONFIG_S="a b"\nCONFIG_N=8\n# CONFIG_OFF is not set\n';

t.test('what stands in the final .config has survived', async (t) => {
  const asked =
    'CONFIG_A=y\nCONFIG_M=m\nCONFIG_S="a b"\nCONFIG_N=8\nCONFIG_OFF=n\n# CONFIG_GONE is not set\n# CONFIG_A=n\n';
  t.same(lostSymbols([fragment('f', asked)], config), []);
});

t.test('a later fragment overrides an earlier one', async (t) => {
  t.same(lostSymbols([fragment('f', 'CONFIG_OFF=y\n'), fragment('g', 'CONFIG_OFF=n\n')], config), []);
  t.match(lostSymbols([fragment('f', 'CONFIG_A=y\n'), fragment('g', 'CONFIG_A=n\n')], config), [
    { symbol: 'A', wanted: 'n', got: 'y', file: 'g', line: 1 },
  ]);
});

t.test('losses come in the order of the lines that count', async (t) => {
  const fragments = [fragment('f', 'CONFIG_N=4\nCONFIG_OFF=y\n'), fragment('g', 'CONFIG_N=9\n')];
  t.same(
    lostSymbols(fragments, config).map(({ symbol, file, line }) => [symbol, file, line]),
    [
      ['OFF', 'f', 2],
      ['N', 'g', 1],
    ],
  );
});

t.test('every kind of loss, in words', async (t) => {
  const lost = lostSymbols(
    [fragment('f', '\nCONFIG_OFF=y\nCONFIG_GONE=y\nCONFIG_M=y\nCONFIG_NONE=y\n')],
    config,
  );
  const at = new Map([
    ['OFF', 'a/Kconfig:1'],
    ['GONE', 'a/Kconfig:2'],
    ['M', 'a/Kconfig:3'],
  ]);
  t.same(
    lost.map((loss) => describeLoss(loss, at.get(loss.symbol))),
    [
      'f:2: CONFIG_OFF=y did not survive: in the final .config it is off (see a/Kconfig:1)',
      'f:3: CONFIG_GONE=y did not survive: a symbol it depends on is off (see a/Kconfig:2)',
      'f:4: CONFIG_M=y did not survive: in the final .config it is m (see a/Kconfig:3)',
      'f:5: CONFIG_NONE=y did not survive: the source has no such symbol',
    ],
  );
});

t.test('the symbols of a .config', async (t) => {
  t.same(
    [...configSymbols(config)],
    [
      ['A', 'y'],
      ['M', 'm'],
      ['S', 'a b'],
      ['N', '8'],
    ],
  );
});
