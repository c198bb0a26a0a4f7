// SPDX-License-Identifier: MIT
/*
 * p2pmem-io: keeps I/O between a disk and p2pmem going while something is done to either, and tells how it ended.
 *
 *   p2pmem-io run DISK OFFSET BYTES BLOCK WORKERS STATE MEMORY
 *   p2pmem-io check DISK OFFSET BYTES BLOCK STATE
 *
 * run: WORKERS processes write blocks of DISK, read each back and compare it, out of MEMORY: `ram`, or a provider's
 * `allocate` of which each maps one block. "running" is printed when each has done one. It goes on until SIGTERM, or
 * until every worker has met an error. One line of JSON on stdout tells how many blocks were written and read back, how
 * many came back wrong, and for each worker how it ended: "" when stopped, SIGBUS, the name of an errno, or EOF.
 * check: reads all that was written, out of RAM, and counts blocks that are not what STATE says they must be: each
 * sector is of a write that was acknowledged last, or was under way after it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define SECTOR 512
#define MAX_WORKERS 16

/* Which write of a block was begun, and which was acknowledged; 0: none. */
struct block {
	uint32_t begun, acknowledged;
};

struct worker {
	uint64_t operations, bad;
	char end[16];
};

static struct {
	volatile int stop;
	struct worker workers[MAX_WORKERS];
} *shared;

static struct {
	const char *disk;
	int fd;
	uint64_t offset, blocks;
	size_t block_bytes;
	struct block *state;
} job;

static struct worker *me;
static volatile sig_atomic_t stopped;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "p2pmem-io: %s: %s\n", what, strerror(errno));
	exit(1);
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: p2pmem-io run DISK OFFSET BYTES BLOCK WORKERS STATE MEMORY\n"
			"   or: p2pmem-io check DISK OFFSET BYTES BLOCK STATE\n");
	exit(2);
}

static uint64_t parse_number(const char *text)
{
	char *end;
	errno = 0;
	uint64_t number = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || !number)
		usage();
	return number;
}

static void *map_file(const char *file, int flags, size_t bytes)
{
	int fd = open(file, flags | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0 || (flags & O_CREAT && ftruncate(fd, (off_t)bytes) < 0))
		die(file);
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		die(file);
	close(fd);
	return at;
}

static void *map_ram(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		die("mmap");
	return at;
}

/* Two words at the head of each sector; more would take long in a CMB, where each access traps. */
static void stamp(volatile uint64_t *words, uint64_t at, uint64_t generation)
{
	for (size_t s = 0; s < job.block_bytes / SECTOR; s++, words += SECTOR / sizeof(*words)) {
		words[0] = (at / SECTOR + s + 1) * UINT64_C(0x9e3779b97f4a7c15);
		words[1] = generation;
	}
}

static int is_stamped(const volatile uint64_t *words, uint64_t at, uint64_t from, uint64_t to)
{
	for (size_t s = 0; s < job.block_bytes / SECTOR; s++, words += SECTOR / sizeof(*words)) {
		uint64_t generation = words[1];
		if (words[0] != (at / SECTOR + s + 1) * UINT64_C(0x9e3779b97f4a7c15) || generation < from || generation > to)
			return 0;
	}
	return 1;
}

static _Noreturn void end_worker(const char *how)
{
	snprintf(me->end, sizeof(me->end), "%s", how);
	_exit(0);
}

static void on_sigbus(int signal)
{
	(void)signal;
	end_worker("SIGBUS");
}

static void must_be_whole(ssize_t done)
{
	if (done < 0)
		end_worker(strerrorname_np(errno));
	if ((size_t)done != job.block_bytes)
		end_worker("EOF");
}

static _Noreturn void work(unsigned int number, unsigned int workers, const char *memory)
{
	size_t mapped = (job.block_bytes + PAGE - 1) / PAGE * PAGE;
	strcpy(me->end, "no memory");
	volatile uint64_t *buffer = strcmp(memory, "ram") ? map_file(memory, 0, mapped) : map_ram(mapped);
	me->end[0] = '\0';
	sigaction(SIGBUS, &(struct sigaction){ .sa_handler = on_sigbus }, NULL);
	for (uint64_t n = number; !shared->stop; n = n + workers < job.blocks ? n + workers : number) {
		struct block *block = &job.state[n];
		uint64_t at = job.offset + n * job.block_bytes;
		uint32_t generation = ++block->begun;
		stamp(buffer, at, generation);
		must_be_whole(pwrite(job.fd, (void *)buffer, job.block_bytes, (off_t)at));
		block->acknowledged = generation;
		stamp(buffer, ~at, 0);
		must_be_whole(pread(job.fd, (void *)buffer, job.block_bytes, (off_t)at));
		me->bad += !is_stamped(buffer, at, generation, generation);
		me->operations++;
	}
	_exit(0);
}

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static int all_begun(unsigned int workers)
{
	for (unsigned int w = 0; w < workers; w++)
		if (!shared->workers[w].operations && !shared->workers[w].end[0])
			return 0;
	return 1;
}

static void open_job(char **argv, int flags)
{
	job.disk = argv[0];
	job.offset = strcmp(argv[1], "0") ? parse_number(argv[1]) : 0;
	job.block_bytes = parse_number(argv[3]);
	job.blocks = parse_number(argv[2]) / job.block_bytes;
	if (job.offset % SECTOR || job.block_bytes % SECTOR || !job.blocks)
		usage();
	job.fd = open(job.disk, flags | O_DIRECT | O_CLOEXEC);
	if (job.fd < 0)
		die(job.disk);
}

static int run(char **argv)
{
	open_job(argv, O_RDWR);
	uint64_t workers = parse_number(argv[4]);
	if (workers > MAX_WORKERS || workers > job.blocks)
		usage();
	unlink(argv[5]);
	job.state = map_file(argv[5], O_CREAT, job.blocks * sizeof(*job.state));
	shared = map_ram(sizeof(*shared));
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = stop }, NULL);
	for (unsigned int w = 0; w < workers; w++) {
		pid_t pid = fork();
		if (pid < 0)
			die("fork");
		if (pid == 0) {
			signal(SIGTERM, SIG_IGN); /* the parent tells them */
			me = &shared->workers[w];
			work(w, (unsigned int)workers, argv[6]);
		}
	}
	int told = 0;
	for (pid_t pid = 0; pid >= 0; pid = waitpid(-1, NULL, WNOHANG)) {
		shared->stop = stopped;
		if (!told && all_begun((unsigned int)workers)) {
			puts("running");
			fflush(stdout);
			told = 1;
		}
		nanosleep(&(struct timespec){ 0, 5000000 }, NULL);
	}
	uint64_t operations = 0, bad = 0;
	for (unsigned int w = 0; w < workers; w++) {
		operations += shared->workers[w].operations;
		bad += shared->workers[w].bad;
	}
	printf("{\"operations\":%" PRIu64 ",\"badBlocks\":%" PRIu64 ",\"ends\":[", operations, bad);
	for (unsigned int w = 0; w < workers; w++)
		printf("%s\"%s\"", w ? "," : "", shared->workers[w].end);
	puts("]}");
	return 0;
}

static int check(char **argv)
{
	open_job(argv, O_RDONLY);
	job.state = map_file(argv[4], 0, job.blocks * sizeof(*job.state));
	void *buffer = map_ram((job.block_bytes + PAGE - 1) / PAGE * PAGE);
	uint64_t checked = 0, bad = 0;
	for (uint64_t n = 0; n < job.blocks; n++) {
		const struct block *block = &job.state[n];
		uint64_t at = job.offset + n * job.block_bytes;
		if (!block->acknowledged)
			continue;
		if (pread(job.fd, buffer, job.block_bytes, (off_t)at) != (ssize_t)job.block_bytes)
			die(job.disk);
		checked++;
		bad += !is_stamped(buffer, at, block->acknowledged, block->begun);
	}
	printf("{\"checked\":%" PRIu64 ",\"lost\":%" PRIu64 "}\n", checked, bad);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 9 && strcmp(argv[1], "run") == 0)
		return run(argv + 2);
	if (argc == 7 && strcmp(argv[1], "check") == 0)
		return check(argv + 2);
	usage();
}
