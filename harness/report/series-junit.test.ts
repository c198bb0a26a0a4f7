import t from 'tap';
import { junitProblems } from './junit.test.support.js';
import { sampleSeries } from './sample-series.test.support.js';
import { seriesJunit } from './series-junit.js';

t.test('a suite for each patch, and only what it breaks is its failure', async (t) => {
  const xml = await seriesJunit(sampleSeries());
  t.same(await junitProblems(xml), []);
  const suites = xml.match(/<testsuite [^>]*>/g)!.map((suite) => suite.replace(/ time.*/, ''));
  t.same(suites, [
    '<testsuite name="base" tests="3" failures="1" errors="0" skipped="1"',
    '<testsuite name="1: Count" tests="3" failures="0" errors="0" skipped="1"',
    '<testsuite name="2: Free by whole pages" tests="3" failures="1" errors="1" skipped="0"',
    '<testsuite name="3: Round up" tests="3" failures="0" errors="0" skipped="1"',
  ]);
  t.match(xml, '<failure type="kernel" message="p2pmem of nvme0: 8192 B are still taken">');
  t.match(xml, 'fails before this patch, too');
});

t.test('a run without which nothing is settled is an error', async (t) => {
  const xml = await seriesJunit(sampleSeries({ open: ['2: copy, run 2'] }));
  t.same(await junitProblems(xml), []);
  t.match(xml, '<testsuite name="not settled" tests="1" failures="0" errors="1" skipped="0"');
  t.match(
    xml,
    /<testcase name="2: copy, run 2"[^>]*>\s*<error type="broken" message="this run is not there"\/>/,
  );
});
