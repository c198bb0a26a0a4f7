// SPDX-License-Identifier: MIT
/*
 * p2pmem-holders FOLDER HOLDERS ROUNDS OPERATIONS: processes that take p2pmem and give it back, at the same time.
 *
 * FOLDER is /sys/bus/pci/devices/BDF/p2pmem. In each round every process does a number of operations: it maps, unmaps
 * all or a part of a mapping, or forks a child that has the same memory and ends. Then all are quiet, and `available`
 * must be what they do not hold. In each second round one process is killed in the middle and another takes its place.
 * Two more processes read the files in the folder all the time. The result is a line of JSON on stdout. Exit status 0:
 * measured; 1: could not measure; 2: wrong usage.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>

#include "p2pmem-pool.h"

#define MAPPINGS 16
#define MAX_HOLDERS 32
#define MAX_PAGES 600 /* of a mapping: more than a page table has */

struct holder {
	pid_t pid;
	int orders, answers; /* the parent's ends */
	/* the rest is written by the holder, in shared memory */
	uint64_t held; /* pages, when quiet */
	uint64_t mapped, refused, other_errors, forks, bad_words, outside, twice;
};

static struct shared {
	struct holder holders[MAX_HOLDERS];
	struct reads {
		uint64_t reads, wrong;
	} readers[2];
	int stopped;
} *shared;

static struct mapping {
	uint64_t *at;
	size_t pages;
	uint64_t seed;
} mappings[MAPPINGS];

static struct bar bar;
static unsigned char *seen; /* of each page of the BAR, by all holders when they are quiet */
static uint64_t random_state;

/* xorshift64 (Marsaglia, 2003) */
static uint64_t random_below(uint64_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % limit;
}

static void *share(size_t bytes)
{
	void *at = mmap(NULL, bytes, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		die("mmap");
	return at;
}

/* A child has what its parent has, as long as it likes, and whatever the parent does. */
static void fork_one(struct holder *me)
{
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		for (struct mapping *m = mappings; m < mappings + MAPPINGS; m++)
			me->bad_words += m->at ? bad_words(m->at, m->pages, m->seed) : 0;
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	me->forks++;
}

static void take(struct holder *me, struct mapping *m, int fd)
{
	size_t pages = random_below(4) ? 1 + random_below(16) : 1 + random_below(MAX_PAGES);
	uint64_t *at = map(fd, pages * PAGE);
	if (at == MAP_FAILED) {
		*(errno == ENOMEM ? &me->refused : &me->other_errors) += 1;
		return;
	}
	*m = (struct mapping){ at, pages, (uint64_t)getpid() << 12 | (++me->mapped & 0xfff) };
	fill(at, pages, m->seed);
}

/* All of it, or its last pages */
static void give_back(struct holder *me, struct mapping *m)
{
	size_t keep = random_below(2) ? random_below(m->pages) : 0;
	me->bad_words += bad_words(m->at, m->pages, m->seed);
	munmap(page_of(m->at, keep), (m->pages - keep) * PAGE);
	m->pages = keep;
	if (!keep)
		m->at = NULL;
}

static void operate(struct holder *me, int fd)
{
	struct mapping *m = &mappings[random_below(MAPPINGS)];
	if (random_below(16) == 0)
		fork_one(me);
	else if (m->at)
		give_back(me, m);
	else
		take(me, m, fd);
}

/* What is held, that it is as it was left, and that nobody else has the same */
static void take_stock(struct holder *me)
{
	static uint64_t places[MAX_PAGES];
	me->held = 0;
	for (struct mapping *m = mappings; m < mappings + MAPPINGS; m++) {
		if (!m->at)
			continue;
		me->held += m->pages;
		me->bad_words += bad_words(m->at, m->pages, m->seed);
		read_places(bar, m->at, m->pages, places);
		for (size_t i = 0; i < m->pages; i++) {
			if (places[i] == UINT64_MAX)
				me->outside++;
			else if (__atomic_exchange_n(&seen[places[i]], 1, __ATOMIC_SEQ_CST))
				me->twice++;
		}
	}
}

static _Noreturn void be_holder(struct holder *me, int orders, int answers, uint64_t operations)
{
	int fd = open_allocate(O_RDWR);
	char order;
	while (read(orders, &order, 1) == 1) {
		for (uint64_t i = 0; order == 'o' && i < operations; i++)
			operate(me, fd);
		if (order == 's')
			take_stock(me);
		if (write(answers, "", 1) != 1)
			break;
	}
	_exit(0);
}

/* The nth to be started does the same operations in each run. */
static void start_holder(struct holder *holder, uint64_t operations)
{
	static uint64_t started;
	int orders[2], answers[2];
	if (pipe2(orders, O_CLOEXEC) || pipe2(answers, O_CLOEXEC))
		die("pipe");
	holder->held = 0;
	random_state = ++started * UINT64_C(0x9e3779b97f4a7c15);
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	setpgid(pid, 0); /* as the process itself does: whoever comes first */
	if (pid == 0) {
		setpgid(0, 0);
		close(orders[1]);
		be_holder(holder, orders[0], answers[1], operations);
	}
	close(orders[0]);
	close(answers[1]);
	holder->pid = pid;
	holder->orders = orders[1];
	holder->answers = answers[0];
}

/* With a child, if it has one at that moment, which would have the memory still */
static void end_holder(struct holder *holder)
{
	kill(-holder->pid, SIGKILL);
	waitpid(holder->pid, NULL, 0);
	while (kill(-holder->pid, 0) == 0)
		usleep(1000);
	close(holder->orders);
	close(holder->answers);
}

static void order(size_t count, char what)
{
	for (size_t i = 0; i < count; i++)
		if (write(shared->holders[i].orders, &what, 1) != 1)
			die("a holder");
}

static void wait_for(size_t count)
{
	char byte;
	for (size_t i = 0; i < count; i++)
		if (read(shared->holders[i].answers, &byte, 1) != 1)
			die("a holder");
}

/* Whatever others do: the size is the size, what is available is whole pages of it, and it is published or not. */
static _Noreturn void be_reader(struct reads *reads, uint64_t size, uint64_t published)
{
	while (!__atomic_load_n(&shared->stopped, __ATOMIC_SEQ_CST)) {
		uint64_t available = read_number("available");
		reads->wrong += available > size || available % PAGE;
		reads->wrong += read_number("size") != size;
		reads->wrong += read_number("published") != published;
		reads->reads += 3;
	}
	_exit(0);
}

static void print_results(size_t holders, uint64_t rounds, uint64_t killed, uint64_t wrong_available)
{
	struct holder sum = { 0 };
	uint64_t reads = shared->readers[0].reads + shared->readers[1].reads;
	uint64_t wrong_reads = shared->readers[0].wrong + shared->readers[1].wrong;
	for (const struct holder *h = shared->holders; h < shared->holders + holders; h++) {
		sum.mapped += h->mapped;
		sum.refused += h->refused;
		sum.other_errors += h->other_errors;
		sum.forks += h->forks;
		sum.bad_words += h->bad_words;
		sum.outside += h->outside;
		sum.twice += h->twice;
	}
	printf("{\"rounds\":%" PRIu64 ",\"killed\":%" PRIu64 ",\"mapped\":%" PRIu64 ",\"refused\":%" PRIu64
	       ",\"otherErrors\":%" PRIu64 ",\"forks\":%" PRIu64 ",\"wrongAvailable\":%" PRIu64 ",\"outside\":%" PRIu64
	       ",\"twice\":%" PRIu64 ",\"reads\":%" PRIu64 ",\"wrongReads\":%" PRIu64 ",\"badBytes\":%" PRIu64 "}\n",
	       rounds, killed, sum.mapped, sum.refused, sum.other_errors, sum.forks, wrong_available, sum.outside,
	       sum.twice, reads, wrong_reads, sum.bad_words * sizeof(uint64_t));
}

/* Pages that are held, by all that are quiet */
static uint64_t held_by(size_t holders)
{
	uint64_t held = 0;
	for (size_t i = 0; i < holders; i++)
		held += shared->holders[i].held;
	return held;
}

static int run(size_t holders, uint64_t rounds, uint64_t operations)
{
	uint64_t idle = read_number("available"), killed = 0, wrong_available = 0;
	uint64_t size = read_number("size"), published = read_number("published");
	pid_t readers[ARRAY_SIZE(shared->readers)];
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		readers[i] = fork();
		if (readers[i] == 0)
			be_reader(&shared->readers[i], size, published);
	}
	for (size_t i = 0; i < holders; i++)
		start_holder(&shared->holders[i], operations);
	for (uint64_t round = 0; round < rounds; round++) {
		struct holder *victim = &shared->holders[round % holders];
		order(holders, 'o');
		if (round % 2) {
			usleep(5000);
			end_holder(victim);
			start_holder(victim, operations);
			killed++;
			if (write(victim->orders, "o", 1) != 1)
				die("a holder");
		}
		wait_for(holders);
		memset(seen, 0, bar.bytes / PAGE);
		order(holders, 's');
		wait_for(holders);
		wrong_available += read_number("available") != idle - held_by(holders) * PAGE;
	}
	for (size_t i = 0; i < holders; i++)
		end_holder(&shared->holders[i]);
	__atomic_store_n(&shared->stopped, 1, __ATOMIC_SEQ_CST);
	while (wait(NULL) > 0)
		;
	wrong_available += read_number("available") != idle;
	print_results(holders, rounds, killed, wrong_available);
	return 0;
}

int main(int argc, char **argv)
{
	long holders = argc == 5 ? atol(argv[2]) : 0, rounds = argc == 5 ? atol(argv[3]) : 0;
	long operations = argc == 5 ? atol(argv[4]) : 0;
	if (holders < 1 || holders > MAX_HOLDERS || rounds < 1 || operations < 1) {
		fprintf(stderr, "usage: p2pmem-holders FOLDER HOLDERS (1 to %d) ROUNDS OPERATIONS\n", MAX_HOLDERS);
		return 2;
	}
	folder = argv[1];
	bar = read_bar();
	shared = share(sizeof(*shared));
	seen = share(bar.bytes / PAGE);
	return run((size_t)holders, (uint64_t)rounds, (uint64_t)operations);
}
