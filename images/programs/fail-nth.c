// SPDX-License-Identifier: MIT
/*
 * fail-nth: has the Nth allocation of one system call fail (Documentation/fault-injection/fault-injection.rst).
 *
 *   fail-nth map FILE BYTES MAX           mmap of FILE with the 1st, 2nd, ... allocation failing, until none is left
 *   fail-nth write FILE TEXT N            write TEXT to FILE with the Nth allocation failing
 *
 * What fails is decided by failslab and fail_page_alloc in debugfs; `available` is beside FILE. One line of JSON on
 * stdout: how often an allocation failed, which errors came of it, and what is missing of the pool.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int nth_file;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "fail-nth: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void fail(long n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%ld", n);
	if (pwrite(nth_file, text, (size_t)length, 0) != length)
		die("fail-nth");
}

/* Whether it has failed: it is counted down to 0. */
static int has_failed(void)
{
	char text[16] = "";
	if (pread(nth_file, text, sizeof(text) - 1, 0) < 0)
		die("fail-nth");
	return atol(text) == 0;
}

static long long available(const char *allocate)
{
	char file[4096], text[32] = "";
	snprintf(file, sizeof(file), "%.*savailable", (int)(strrchr(allocate, '/') + 1 - allocate), allocate);
	int fd = open(file, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		die(file);
	close(fd);
	return atoll(text);
}

static int run_map(const char *file, size_t bytes, long max)
{
	int fd = open(file, O_RDWR);
	if (fd < 0)
		die(file);
	long long before = available(file);
	long failed = 0, refused = 0, other = 0, n = 0, missing = 0;
	for (int more = 1; more && ++n <= max;) {
		fail(n);
		void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		int error = errno;
		more = has_failed();
		fail(0);
		failed += more;
		refused += at == MAP_FAILED && error == ENOMEM;
		other += at == MAP_FAILED && error != ENOMEM;
		if (at != MAP_FAILED)
			munmap(at, bytes);
		missing += available(file) != before;
	}
	printf("{\"failed\":%ld,\"refused\":%ld,\"otherErrors\":%ld,\"short\":%ld,\"complete\":%d}\n", failed, refused, other,
	       missing, n <= max);
	return 0;
}

static int run_write(const char *file, const char *text, long n)
{
	int fd = open(file, O_WRONLY);
	if (fd < 0)
		die(file);
	fail(n);
	ssize_t written = write(fd, text, strlen(text));
	int error = errno;
	int failed = has_failed();
	fail(0);
	printf("{\"failed\":%d,\"error\":\"%s\"}\n", failed, written < 0 ? strerrorname_np(error) : "");
	return 0;
}

int main(int argc, char **argv)
{
	nth_file = open("/proc/thread-self/fail-nth", O_RDWR);
	if (nth_file < 0)
		die("/proc/thread-self/fail-nth");
	if (argc == 5 && strcmp(argv[1], "map") == 0)
		return run_map(argv[2], strtoul(argv[3], NULL, 10), atol(argv[4]));
	if (argc == 5 && strcmp(argv[1], "write") == 0)
		return run_write(argv[2], argv[3], atol(argv[4]));
	fprintf(stderr, "usage: fail-nth map FILE BYTES MAX, or fail-nth write FILE TEXT N\n");
	return 2;
}
