// SPDX-License-Identifier: MIT
// Preloaded into fio (LD_PRELOAD). Its main process looks at its jobs ten times a second while others still have to
// start (do_usleep(100000) of backend.c, 3.33), so that each job behind another costs 0.2 s in which nothing happens; at
// the last ones it looks a hundred times a second. Here it does so at all. What its jobs sleep, for a rate or between
// I/Os, goes through nanosleep(2) and is as it was.

#include <time.h>
#include <unistd.h>

#define MOST_US 10000

int usleep(useconds_t us)
{
	struct timespec time = { .tv_nsec = (us < MOST_US ? us : MOST_US) * 1000L };

	return nanosleep(&time, NULL);
}
