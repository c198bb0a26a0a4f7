/* SPDX-License-Identifier: MIT */
/*
 * Rules, each of which a process of its own tries:
 *
 *   p2pmem-rules-GROUP FOLDER [DEVICE]
 *
 * FOLDER is /sys/bus/pci/devices/BDF/p2pmem. A rule is a line `rule NAME WORDS` on stdout: `ok`, the name of an errno
 * or of a signal, or how many pages are missing in the pool at a point. `hangs` tells that the rule did not end, and
 * `short N` that N pages are missing when its processes are gone. Exit status 0: all were tried; 1: something that is
 * no rule failed; 2: wrong usage.
 */
#ifndef P2PMEM_RULES_H
#define P2PMEM_RULES_H

#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>

#include "p2pmem-pool.h"

/*
 * A rule's process is killed after this time. Most need less than a second in an emulated guest; to map 4096 pages one
 * by one took more than 60 with KASAN and lockdep on a loaded host.
 */
#define HANG_SECONDS 120

struct rule {
	const char *name;
	void (*run)(void);
};

static const char *device;
static char *said; /* by the rule's process */
static uint64_t idle; /* available before the rule, in bytes */
static unsigned int settle_ms; /* that long pages may be missing before they are said to be */

static inline void say(const char *format, ...)
{
	size_t length = strlen(said);
	va_list args;
	va_start(args, format);
	if (length)
		said[length++] = ' ';
	vsnprintf(said + length, PAGE - length, format, args);
	va_end(args);
}

static inline void say_result(int failed)
{
	say("%s", failed ? strerrorname_np(errno) : "ok");
}

static inline void say_read(ssize_t length)
{
	say("%s", length < 0 ? strerrorname_np(errno) : length == 0 ? "nothing" : "ok");
}

static inline void say_holds(uint64_t *at, size_t pages, uint64_t seed)
{
	say("%s", bad_words(at, pages, seed) ? "corrupt" : "ok");
}

static inline long pages_taken(void)
{
	for (unsigned int ms = 0;; ms++) {
		long taken = ((long)idle - (long)read_number("available")) / (long)PAGE;
		if (!taken || ms >= settle_ms)
			return taken;
		usleep(1000);
	}
}

static inline void say_taken(void)
{
	say("%ld", pages_taken());
}

/* Memory to go on with: that one cannot have it is no rule, but the end of it. */
static inline uint64_t *must_map(size_t pages)
{
	int fd = open_allocate(O_RDWR);
	uint64_t *at = map(fd, pages * PAGE);
	if (at == MAP_FAILED)
		die("mmap");
	close(fd);
	return at;
}

/* Whatever a rule has started ends with it. */
static inline void end_processes(pid_t group)
{
	kill(-group, SIGKILL);
	while (kill(-group, 0) == 0)
		usleep(1000);
}

static inline int run_rule(const struct rule *rule)
{
	int status;
	memset(said, 0, PAGE);
	idle = read_number("available");
	fflush(stdout);
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		setpgid(0, 0);
		alarm(HANG_SECONDS);
		rule->run();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	end_processes(pid);
	if (WIFSIGNALED(status))
		say("%s", WTERMSIG(status) == SIGALRM ? "hangs" : sigabbrev_np(WTERMSIG(status)));
	if (pages_taken())
		say("short %ld", pages_taken());
	printf("rule %s %s\n", rule->name, said);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

static inline int run_rules(const struct rule *rules, size_t count, int argc, char **argv)
{
	int failed = 0;
	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: %s FOLDER [DEVICE]\n", program_invocation_short_name);
		return 2;
	}
	folder = argv[1];
	device = argv[2];
	said = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		die("mmap");
	for (size_t i = 0; i < count; i++)
		failed |= run_rule(&rules[i]);
	return failed;
}

#endif
