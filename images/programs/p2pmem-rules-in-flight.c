// SPDX-License-Identifier: MIT
/*
 * p2pmem-rules-in-flight FOLDER DEVICE: p2pmem that is given back while a drive reads or writes it. It must not be
 * anybody else's before the drive is done. DEVICE supports peer-to-peer, and its first megabytes are overwritten.
 */
#define _GNU_SOURCE
#include <linux/aio_abi.h>
#include <sys/syscall.h>

#include "p2pmem-rules.h"

/* Of one request; the drive is then busy for longer than it takes to map the memory again. */
#define PAGES 64

#define REQUESTS 8
#define TURNS 10

static char ram[PAGES * PAGE] __attribute__((aligned(PAGE)));

static int open_device(void)
{
	int fd = open(device, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (fd < 0) {
		say("%s", strerrorname_np(errno));
		_exit(0);
	}
	return fd;
}

/* A request for each mapping, at a place of its own on the drive */
static aio_context_t submit(int fd, int opcode, uint64_t **at)
{
	struct iocb requests[REQUESTS] = { 0 }, *list[REQUESTS];
	aio_context_t context = 0;
	for (size_t i = 0; i < REQUESTS; i++) {
		requests[i].aio_lio_opcode = (uint16_t)opcode;
		requests[i].aio_fildes = (uint32_t)fd;
		requests[i].aio_buf = (uintptr_t)at[i];
		requests[i].aio_nbytes = PAGES * PAGE;
		requests[i].aio_offset = (int64_t)(i * PAGES * PAGE);
		list[i] = &requests[i];
	}
	if (syscall(SYS_io_setup, REQUESTS, &context) || syscall(SYS_io_submit, context, REQUESTS, list) != REQUESTS)
		die("io_submit");
	return context;
}

/* How many failed */
static size_t finish(aio_context_t context)
{
	struct io_event events[REQUESTS];
	size_t failed = 0;
	if (syscall(SYS_io_getevents, context, REQUESTS, REQUESTS, events, NULL) != REQUESTS)
		die("io_getevents");
	for (size_t i = 0; i < REQUESTS; i++)
		failed += events[i].res != (int64_t)(PAGES * PAGE);
	syscall(SYS_io_destroy, context);
	return failed;
}

static void map_all(uint64_t **at, uint64_t seed)
{
	for (size_t i = 0; i < REQUESTS; i++) {
		at[i] = must_map(PAGES);
		fill(at[i], PAGES, seed + i);
	}
}

static void unmap_all(uint64_t **at)
{
	for (size_t i = 0; i < REQUESTS; i++)
		munmap(at[i], PAGES * PAGE);
}

static uint64_t bad_on_drive(int fd, uint64_t seed)
{
	uint64_t bad = 0;
	for (size_t i = 0; i < REQUESTS; i++) {
		if (pread(fd, ram, sizeof(ram), (off_t)(i * sizeof(ram))) != (ssize_t)sizeof(ram))
			die(device);
		bad += bad_words((uint64_t *)ram, PAGES, seed + i);
	}
	return bad;
}

static uint64_t bad_in_next(uint64_t **next, uint64_t seed)
{
	uint64_t bad = 0;
	for (size_t i = 0; i < REQUESTS; i++)
		bad += bad_words(next[i], PAGES, seed + i);
	return bad;
}

/* The memory of requests is given back and taken by somebody else before they are done. */
static void unmapped_in_flight(int opcode)
{
	int fd = open_device();
	size_t failed = 0;
	uint64_t bad = 0;
	for (uint64_t turn = 0; turn < TURNS; turn++) {
		uint64_t *at[REQUESTS], *next[REQUESTS], seed = turn * 100;
		map_all(at, seed);
		aio_context_t context = submit(fd, opcode, at);
		unmap_all(at);
		map_all(next, seed + 50);
		failed += finish(context);
		bad += opcode == IOCB_CMD_PWRITE ? bad_on_drive(fd, seed) : bad_in_next(next, seed + 50);
		unmap_all(next);
	}
	say("%s %s", failed ? "failed" : "ok", bad ? "corrupt" : "ok");
	say_taken();
}

/* What is on the drive afterwards is what was in the memory when it was still mapped. */
static void written_while_unmapped(void) { unmapped_in_flight(IOCB_CMD_PWRITE); }
/* What others put into the memory that they have got meanwhile stays there. */
static void read_while_unmapped(void) { unmapped_in_flight(IOCB_CMD_PREAD); }

/* A process that ends with requests in flight leaves nothing behind. */
static void end_in_flight(int opcode, int signal)
{
	for (uint64_t turn = 0; turn < TURNS; turn++) {
		pid_t pid = fork();
		if (pid == 0) {
			uint64_t *at[REQUESTS];
			int fd = open_device();
			map_all(at, turn * 100);
			submit(fd, opcode, at);
			if (signal)
				kill(getpid(), signal);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	say_taken();
}

static void exit_while_written(void) { end_in_flight(IOCB_CMD_PWRITE, 0); }
static void sigkill_while_written(void) { end_in_flight(IOCB_CMD_PWRITE, SIGKILL); }
static void sigkill_while_read(void) { end_in_flight(IOCB_CMD_PREAD, SIGKILL); }

/* A child has the memory, too; that the parent gives it back is nothing to the request, nor to the child. */
static void read_while_shared(void)
{
	int fd = open_device();
	uint64_t *at[REQUESTS];
	map_all(at, 1);
	finish(submit(fd, IOCB_CMD_PWRITE, at));
	for (size_t i = 0; i < REQUESTS; i++)
		fill(at[i], PAGES, 1000);
	aio_context_t context = submit(fd, IOCB_CMD_PREAD, at);
	int go[2], status = 1;
	char byte;
	if (pipe(go))
		die("pipe");
	pid_t pid = fork();
	if (pid == 0) {
		uint64_t bad = read(go[0], &byte, 1) != 1;
		for (size_t i = 0; i < REQUESTS; i++)
			bad += bad_words(at[i], PAGES, 1 + i);
		_exit(bad != 0);
	}
	unmap_all(at);
	say("%s", finish(context) ? "failed" : "ok");
	if (write(go[1], "", 1) != 1)
		die("a child");
	waitpid(pid, &status, 0);
	say("%s", status ? "corrupt" : "ok");
	say_taken();
}

static const struct rule rules[] = {
	{ "written-while-unmapped", written_while_unmapped },
	{ "read-while-unmapped", read_while_unmapped },
	{ "exit-while-written", exit_while_written },
	{ "sigkill-while-written", sigkill_while_written },
	{ "sigkill-while-read", sigkill_while_read },
	{ "read-while-shared", read_while_shared },
};

/* A request is told to be done shortly before its pages are let go (blkdev_bio_end_io_async() in block/fops.c, 6.12). */
int main(int argc, char **argv)
{
	settle_ms = 5000;
	return run_rules(rules, ARRAY_SIZE(rules), argc, argv);
}
