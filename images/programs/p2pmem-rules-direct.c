// SPDX-License-Identifier: MIT
/*
 * p2pmem-rules-direct FOLDER DEVICE: I/O of p2pmem with a device that has no support for peer-to-peer. Its driver must
 * not be given the pages (FOLL_PCI_P2PDMA in mm/gup.c, 6.12): the request might not even fail.
 */
#define _GNU_SOURCE

#include "p2pmem-rules.h"

/* One that has a mounted file system cannot be opened for writing, which is an answer, too. */
static int open_device(int flags)
{
	int fd = open(device, flags | O_CLOEXEC);
	if (fd < 0) {
		say("%s", strerrorname_np(errno));
		_exit(0);
	}
	return fd;
}

static void direct_read(void)
{
	uint64_t *at = must_map(4);
	fill(at, 4, 1);
	say_read(pread(open_device(O_RDONLY | O_DIRECT), at, 4 * PAGE, 0));
	say_holds(at, 4, 1);
	say_taken();
}

static void direct_read_sector(void)
{
	uint64_t *at = must_map(1);
	say_read(pread(open_device(O_RDONLY | O_DIRECT), (char *)at + 512, 512, 512));
}

static void direct_read_ram(void)
{
	void *ram = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	say_read(pread(open_device(O_RDONLY | O_DIRECT), ram, PAGE, 0));
}

/* Through the page cache the processor copies, which is no peer-to-peer. */
static void direct_not(void)
{
	uint64_t *at = must_map(2), ram[PAGE / sizeof(*at)];
	int fd = open_device(O_RDONLY);
	say_read(pread(fd, at, PAGE, PAGE));
	if (pread(fd, ram, PAGE, PAGE) != (ssize_t)PAGE)
		die(device);
	say("%s", memcmp(at, ram, PAGE) == 0 ? "ok" : "corrupt");
}

static void direct_write(void)
{
	static char before[PAGE] __attribute__((aligned(PAGE))), after[PAGE] __attribute__((aligned(PAGE)));
	uint64_t *at = must_map(4);
	int fd = open_device(O_RDWR | O_DIRECT);
	fill(at, 4, 1);
	if (pread(fd, before, PAGE, 0) != (ssize_t)PAGE)
		die(device);
	say_read(pwrite(fd, at, 4 * PAGE, 0));
	if (pread(fd, after, PAGE, 0) != (ssize_t)PAGE)
		die(device);
	say("%s", memcmp(before, after, PAGE) == 0 ? "unchanged" : "written");
}

/* The same request with memory that the device can reach */
static void direct_write_ram(void)
{
	static char ram[PAGE] __attribute__((aligned(PAGE)));
	int fd = open_device(O_RDWR | O_DIRECT);
	if (pread(fd, ram, PAGE, 0) != (ssize_t)PAGE)
		die(device);
	say_read(pwrite(fd, ram, PAGE, 0));
}

static const struct rule rules[] = {
	{ "read", direct_read },
	{ "read-sector", direct_read_sector },
	{ "read-ram", direct_read_ram },
	{ "through-page-cache", direct_not },
	{ "write", direct_write },
	{ "write-ram", direct_write_ram },
};

int main(int argc, char **argv)
{
	return run_rules(rules, ARRAY_SIZE(rules), argc, argv);
}
