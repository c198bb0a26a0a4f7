/** Colours by what they mean, for light and dark; each has at least 4.5:1 against its ground where it is text. */
const light = {
  ground: '#ffffff',
  raised: '#f5f6f7',
  line: '#d5d9de',
  ink: '#1b1f24',
  soft: '#59636e',
  link: '#0a58ca',
  pass: '#1a7038',
  fail: '#c0212e',
  skip: '#8a5a00',
  broken: '#7a3fb0',
  ram: '#8c959f',
  peer0: '#0b7d8c',
  peer1: '#2f6fd0',
  peer2: '#5f8a1f',
  peer3: '#b3641a',
  lost: '#c0212e',
  boot: '#aab2bb',
  step: '#2f6fd0',
  control: '#93b5e8',
  check: '#d3c08a',
};
const dark: typeof light = {
  ground: '#14171a',
  raised: '#1d2125',
  line: '#383f46',
  ink: '#e3e7eb',
  soft: '#9aa4ae',
  link: '#74aaff',
  pass: '#55c47a',
  fail: '#ff7b80',
  skip: '#dba642',
  broken: '#c795f5',
  ram: '#77818c',
  peer0: '#38b2c0',
  peer1: '#6ea2f0',
  peer2: '#97c05a',
  peer3: '#e0995a',
  lost: '#ff7b80',
  boot: '#5c656e',
  step: '#6ea2f0',
  control: '#3f618f',
  check: '#8c7c4c',
};

const declarations = (colours: typeof light): string =>
  Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');

/** For the page: as the system is set, or as `data-theme` says. On paper it is light. */
export const pageColours = `:root{color-scheme:light;${declarations(light)}}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${declarations(dark)}}}
@media screen{:root[data-theme=dark]{color-scheme:dark;${declarations(dark)}}}`;

/** For a picture alone. */
export const pictureColours = `svg{${declarations(light)};background:var(--ground);color:var(--ink)}
@media (prefers-color-scheme:dark){svg{${declarations(dark)}}}`;

export type Colour = keyof typeof light;
export const colour = (name: Colour): string => `var(--${name})`;

/** Of a region of memory: `ram`, a provider of `providers` by its place there, or bytes that nobody could attribute. */
export function regionColour(region: string, providers: readonly string[]): string {
  if (region === 'ram') return colour('ram');
  const at = providers.indexOf(region);
  return at < 0 ? colour('lost') : colour(`peer${at % 4}` as Colour);
}
