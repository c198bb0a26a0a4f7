/** A file of /etc/apt/sources.list or sources.list.d. */
export type SourcesFile = { name: string; text: string };

/** What `apt-get indextargets` knows of a repository; `origin` is what its own Release file says. */
export type AptIndex = { uri: string; suite: string; origin: string };

/** Package sources as mmdebstrap takes them: one-line entries as arguments, deb822 stanzas on standard input. */
export type DebianSources = { lines: string[]; stanzas: string };

type Entry = { text: string; uris: string[]; suites: string[] };

/** The entries of the host whose packages are Debian's own, word for word: the user's mirror, snapshot, keys and options. */
export function debianSources(files: readonly SourcesFile[], indexes: readonly AptIndex[]): DebianSources {
  const origins = new Map(indexes.map(({ uri, suite, origin }) => [repository(uri, suite), origin]));
  const isDebian = ({ text, uris, suites }: Entry) => {
    const known = uris.flatMap((uri) => suites.map((suite) => origins.get(repository(uri, suite))));
    if (known.some((origin) => origin !== undefined)) return known.includes('Debian');
    return /\bdebian\.org\b|debian-archive/.test(text); // no index of it yet: before the first apt-get update
  };
  const kept = (ending: string, parse: (text: string) => Entry[]) =>
    files.filter(({ name }) => name.endsWith(ending)).flatMap(({ text }) => parse(text).filter(isDebian));
  return {
    lines: kept('.list', oneLineEntries).map(({ text }) => text),
    stanzas: kept('.sources', deb822Entries)
      .map(({ text }) => `${text}\n`)
      .join('\n'),
  };
}

/** The output of indextargets with {@link indexFormat}. */
export function parseIndexes(output: string): AptIndex[] {
  return output.split('\n').flatMap((row) => {
    const [uri = '', suite = '', origin = ''] = row.split('|');
    return origin === '' || origin.startsWith('$(') ? [] : [{ uri, suite, origin }];
  });
}

export const indexFormat = '$(REPO_URI)|$(RELEASE)|$(ORIGIN)';

/** `deb [signed-by=/k arch=amd64] http://deb.debian.org/debian bookworm main`; sources.list(5). */
function oneLineEntries(text: string): Entry[] {
  return text.split('\n').flatMap((row) => {
    const [, uri, suite] = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(row) ?? [];
    return uri && suite ? [{ text: row.replace(/#.*/, '').trim(), uris: [uri], suites: [suite] }] : [];
  });
}

function deb822Entries(text: string): Entry[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const words = (field: string) =>
      (new RegExp(`^${field}:[ \\t]*(.*(?:\\n[ \\t].*)*)`, 'im').exec(stanza)?.[1] ?? '')
        .split(/\s+/)
        .filter(Boolean);
    const enabled = !/^(no|false|off|0|without|disable)$/i.test(words('Enabled')[0] ?? 'yes');
    if (!enabled || !words('Types').includes('deb')) return [];
    return [{ text: stanza.trim(), uris: words('URIs'), suites: words('Suites') }];
  });
}

const repository = (uri: string, suite: string) => `${uri.replace(/\/+$/, '')} ${suite}`;
