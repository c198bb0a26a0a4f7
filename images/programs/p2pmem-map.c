// SPDX-License-Identifier: MIT
/*
 * p2pmem-map: takes p2pmem by mmap, as an application would, and measures what that does to the pool.
 *
 *   p2pmem-map map FILE BYTES             map, fill, check, unmap
 *   p2pmem-map exhaust FILE CHUNK         map chunks, then pages, until mmap fails; check all; unmap all
 *   p2pmem-map hold FILE BYTES            map, print "held", unmap when stdin closes
 *   p2pmem-map revoke FILE BYTES          map, print "held", access until SIGBUS or stdin closes, map again
 *   p2pmem-map churn FILE COUNT SECONDS   two processes map and unmap a page, COUNT times each or as long
 *   p2pmem-map sample INTERVAL_US FILE... poll files that hold a number until SIGTERM
 *
 * FILE is /sys/bus/pci/devices/BDF/p2pmem/allocate, with `available` beside it, or /dev/p2pmemN, with `available` in
 * /sys/class/p2pmem/p2pmemN. Results are one line of JSON on stdout. Exit status 0: measured, and a refused mmap is a
 * measurement; 1: could not measure; 2: wrong usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

struct pool {
	int allocate;
	int available;
};

struct mapping {
	volatile uint64_t *words;
	size_t bytes;
	struct mapping *next;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "p2pmem-map: %s: %s\n", what, strerror(errno));
	exit(1);
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: p2pmem-map map|exhaust|hold|revoke FILE BYTES, p2pmem-map churn FILE COUNT SECONDS,\n"
			"or p2pmem-map sample INTERVAL_US FILE...\n");
	exit(2);
}

/* BYTES are whole 64-bit words, because that is how memory is filled: each access to a CMB traps. */
static uint64_t parse_number(const char *text, uint64_t multiple_of)
{
	char *end;
	errno = 0;
	uint64_t number = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || number % multiple_of)
		usage();
	return number;
}

static uint64_t read_number(int fd, const char *what)
{
	char text[32];
	ssize_t length = pread(fd, text, sizeof(text) - 1, 0);
	if (length <= 0)
		die(what);
	text[length] = '\0';
	return strtoull(text, NULL, 10);
}

static uint64_t available(const struct pool *pool)
{
	return read_number(pool->available, "read available");
}

static struct pool open_pool(const char *file)
{
	char sibling[4096];
	const char *slash = strrchr(file, '/');
	int folder = slash ? (int)(slash - file) + 1 : 0;
	int length = strncmp(file, "/dev/", 5) == 0 ?
		snprintf(sibling, sizeof(sibling), "/sys/class/p2pmem/%s/available", file + 5) :
		snprintf(sibling, sizeof(sibling), "%.*savailable", folder, file);
	if ((size_t)length >= sizeof(sibling))
		usage();
	struct pool pool = { open(file, O_RDWR | O_CLOEXEC), open(sibling, O_RDONLY | O_CLOEXEC) };
	if (pool.allocate < 0)
		die(file);
	if (pool.available < 0)
		die(sibling);
	return pool;
}

/* The kernel takes the memory here, not at the first access; it accepts only shared mappings at offset 0. */
static void *map(const struct pool *pool, size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, pool->allocate, 0);
	return at == MAP_FAILED ? NULL : at;
}

static uint64_t pattern(size_t word, uint64_t seed)
{
	return ((uint64_t)word * sizeof(uint64_t) + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ seed * UINT64_C(0xd6e8feb86659fd93);
}

static void fill(volatile uint64_t *words, size_t bytes, uint64_t seed)
{
	for (size_t i = 0; i < bytes / sizeof(*words); i++)
		words[i] = pattern(i, seed);
}

static uint64_t bad_bytes(const volatile uint64_t *words, size_t bytes, uint64_t seed)
{
	uint64_t bad = 0;
	for (size_t i = 0; i < bytes / sizeof(*words); i++)
		for (uint64_t differs = words[i] ^ pattern(i, seed); differs; differs >>= 8)
			bad += (differs & 0xff) != 0;
	return bad;
}

static int run_map(const char *file, size_t bytes)
{
	struct pool pool = open_pool(file);
	uint64_t before = available(&pool), bad = 0;
	void *at = map(&pool, bytes);
	const char *error = at ? "" : strerrorname_np(errno);
	uint64_t during = available(&pool);
	if (at) {
		uint64_t seed = (uint64_t)getpid(); /* so that what an earlier run left behind is no match */
		fill(at, bytes, seed);
		bad = bad_bytes(at, bytes, seed);
		munmap(at, bytes);
	}
	printf("{\"bytes\":%zu,\"error\":\"%s\",\"availableBefore\":%" PRIu64 ",\"availableDuring\":%" PRIu64
	       ",\"availableAfter\":%" PRIu64 ",\"badBytes\":%" PRIu64 "}\n",
	       bytes, error, before, during, available(&pool), bad);
	return 0;
}

/* Maps and fills until mmap fails; each mapping's seed is its own address. */
static const char *map_until_refused(const struct pool *pool, size_t bytes, struct mapping **mappings)
{
	for (;;) {
		struct mapping *mapping = malloc(sizeof(*mapping));
		if (!mapping)
			die("malloc");
		void *at = map(pool, bytes);
		if (!at) {
			const char *error = strerrorname_np(errno);
			free(mapping);
			return error;
		}
		*mapping = (struct mapping){ at, bytes, *mappings };
		*mappings = mapping;
		fill(at, bytes, (uintptr_t)at);
	}
}

static int run_exhaust(const char *file, size_t chunk)
{
	struct pool pool = open_pool(file);
	struct mapping *mappings = NULL;
	uint64_t before = available(&pool), mapped = 0, bad = 0;
	map_until_refused(&pool, chunk, &mappings);
	const char *error = map_until_refused(&pool, PAGE, &mappings);
	uint64_t at_end = available(&pool);
	for (struct mapping *m = mappings; m; m = m->next) {
		mapped += m->bytes;
		bad += bad_bytes(m->words, m->bytes, (uintptr_t)m->words);
	}
	for (struct mapping *m = mappings; m; m = m->next)
		munmap((void *)m->words, m->bytes);
	printf("{\"mappedBytes\":%" PRIu64 ",\"error\":\"%s\",\"availableBefore\":%" PRIu64 ",\"availableAtEnd\":%" PRIu64
	       ",\"availableAfter\":%" PRIu64 ",\"badBytes\":%" PRIu64 "}\n",
	       mapped, error, before, at_end, available(&pool), bad);
	return 0;
}

static int run_hold(const char *file, size_t bytes)
{
	struct pool pool = open_pool(file);
	void *at = map(&pool, bytes);
	if (!at)
		die("mmap");
	puts("held");
	fflush(stdout);
	char ignored[256];
	while (read(STDIN_FILENO, ignored, sizeof(ignored)) > 0)
		;
	munmap(at, bytes);
	return 0;
}

static sigjmp_buf after_sigbus;

static void on_sigbus(int signal)
{
	siglongjmp(after_sigbus, signal);
}

/* Whose memory goes away while it is in use sees SIGBUS, and ENODEV from a file that it still has open. */
static int run_revoke(const char *file, size_t bytes)
{
	struct pool pool = open_pool(file);
	volatile uint64_t *words = map(&pool, bytes);
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	if (!words)
		die("mmap");
	sigaction(SIGBUS, &(struct sigaction){ .sa_handler = on_sigbus }, NULL);
	int signal = sigsetjmp(after_sigbus, 1);
	if (!signal) {
		fill(words, bytes, 1);
		puts("held");
		fflush(stdout);
		for (size_t i = 0; poll(&input, 1, 1) == 0; i++)
			words[i % (bytes / sizeof(*words))]++;
	}
	int revoked = signal == SIGBUS;
	void *again = map(&pool, PAGE);
	printf("{\"revoked\":%d,\"again\":\"%s\"}\n", revoked, again ? "" : strerrorname_np(errno));
	return 0;
}

static time_t seconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* What a churning process tells, in a cache line of its own. */
struct churned {
	uint64_t mappings, errors;
	char rest[64 - 2 * sizeof(uint64_t)];
};

/* The page that one process frees is the next one that the other process gets. */
static int run_churn(const char *file, uint64_t count, uint64_t seconds)
{
	struct pool pool = open_pool(file);
	struct churned *of = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (of == MAP_FAILED)
		die("mmap");
	time_t end = seconds_now() + (time_t)seconds;
	for (int child = 0; child < 2; child++) {
		pid_t pid = fork();
		if (pid < 0)
			die("fork");
		if (pid > 0)
			continue;
		for (uint64_t i = 0; i < count && seconds_now() < end; i++) {
			void *at = map(&pool, PAGE);
			of[child].mappings++;
			if (at)
				munmap(at, PAGE);
			else
				of[child].errors++;
		}
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	printf("{\"mappings\":%" PRIu64 ",\"errors\":%" PRIu64 "}\n", of[0].mappings + of[1].mappings,
	       of[0].errors + of[1].errors);
	return 0;
}

struct series {
	const char *file;
	int fd;
	uint64_t first, min, max, last, samples;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void take_sample(struct series *series)
{
	uint64_t now = read_number(series->fd, series->file);
	if (series->samples++ == 0)
		series->first = series->min = series->max = now;
	if (now < series->min)
		series->min = now;
	if (now > series->max)
		series->max = now;
	series->last = now;
}

static void print_series(const struct series *s, int is_first)
{
	printf("%s{\"file\":\"", is_first ? "" : ",");
	for (const char *c = s->file; *c; c++)
		printf(*c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
	printf("\",\"first\":%" PRIu64 ",\"min\":%" PRIu64 ",\"max\":%" PRIu64 ",\"last\":%" PRIu64 ",\"samples\":%" PRIu64 "}",
	       s->first, s->min, s->max, s->last, s->samples);
}

static int run_sample(uint64_t interval_us, int count, char **files)
{
	struct timespec pause = { (time_t)(interval_us / 1000000), (long)(interval_us % 1000000) * 1000 };
	struct series *all = calloc((size_t)count, sizeof(*all));
	if (!all)
		die("calloc");
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = stop }, NULL);
	for (int i = 0; i < count; i++) {
		all[i].file = files[i];
		all[i].fd = open(files[i], O_RDONLY | O_CLOEXEC);
		if (all[i].fd < 0)
			die(files[i]);
	}
	do {
		for (int i = 0; i < count; i++)
			take_sample(&all[i]);
		if (!stopped)
			nanosleep(&pause, NULL);
	} while (!stopped);
	putchar('[');
	for (int i = 0; i < count; i++) {
		take_sample(&all[i]); /* so that `last` is not older than the signal */
		print_series(&all[i], i == 0);
	}
	puts("]");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && strcmp(argv[1], "sample") == 0)
		return run_sample(parse_number(argv[2], 1), argc - 3, argv + 3);
	if (argc == 5 && strcmp(argv[1], "churn") == 0)
		return run_churn(argv[2], parse_number(argv[3], 1), parse_number(argv[4], 1));
	if (argc != 4)
		usage();
	size_t bytes = parse_number(argv[3], sizeof(uint64_t));
	if (strcmp(argv[1], "map") == 0)
		return run_map(argv[2], bytes);
	if (strcmp(argv[1], "exhaust") == 0 && bytes > 0)
		return run_exhaust(argv[2], bytes);
	if (strcmp(argv[1], "hold") == 0)
		return run_hold(argv[2], bytes);
	if (strcmp(argv[1], "revoke") == 0 && bytes > 0)
		return run_revoke(argv[2], bytes);
	usage();
}
