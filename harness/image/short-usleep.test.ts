import { execa } from 'execa';
import path from 'node:path';
import t from 'tap';
import { libraryFlags } from './compile-programs.js';
import { imagesDir } from './load-recipe.js';

t.test('a long usleep is a short one, and other sleeps are as they were', async (t) => {
  const dir = t.testdir({
    'main.c': `#include <stdio.h>\n#include <time.h>\n#include <unistd.h>
int main(void) {
  struct timespec before, after, time = { .tv_nsec = 50000000 };
  int ended = usleep(300000000) | usleep(1);
  clock_gettime(CLOCK_MONOTONIC, &before);
  nanosleep(&time, NULL);
  clock_gettime(CLOCK_MONOTONIC, &after);
  long ns = (after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec;
  printf("%d %s\\n", ended, ns >= 50000000 ? "whole" : "cut");
}\n`,
  });
  const source = path.join(imagesDir, 'programs/short-usleep.c');
  await execa('gcc', [...libraryFlags, '-o', path.join(dir, 'short-usleep.so'), source]);
  await execa('gcc', ['-o', 'main', 'main.c'], { cwd: dir });
  const env = { LD_PRELOAD: path.join(dir, 'short-usleep.so') };
  const { stdout } = await execa(path.join(dir, 'main'), { env, timeout: 100_000 }); // it asks for 300 s
  t.equal(stdout, '0 whole');
});
