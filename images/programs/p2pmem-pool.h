/* SPDX-License-Identifier: MIT */
/*
 * The pool of a p2pmem provider as a process sees it: the files in its folder, /sys/bus/pci/devices/BDF/p2pmem, and
 * where in the provider's BAR a page lies. _GNU_SOURCE must be defined before.
 */
#ifndef P2PMEM_POOL_H
#define P2PMEM_POOL_H

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096UL
#define WORDS_PER_PAGE (PAGE / sizeof(uint64_t))
#define GIB (UINT64_C(1) << 30)
#define RW (PROT_READ | PROT_WRITE)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Of the process: the first argument of each program. */
static const char *folder;

static inline _Noreturn void die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

static inline int open_file(const char *name, int flags)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return open(path, flags | O_CLOEXEC);
}

static inline int open_allocate(int flags)
{
	int fd = open_file("allocate", flags);
	if (fd < 0)
		die("allocate");
	return fd;
}

static inline uint64_t read_number(const char *name)
{
	char text[32] = "";
	int fd = open_file(name, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		die(name);
	close(fd);
	return strtoull(text, NULL, 10);
}

/* The kernel takes the memory here, not at the first access; it accepts only shared mappings at offset 0. */
static inline uint64_t *map(int fd, size_t bytes)
{
	return mmap(NULL, bytes, RW, MAP_SHARED, fd, 0);
}

static inline uint64_t *page_of(uint64_t *at, size_t page)
{
	return at + page * WORDS_PER_PAGE;
}

/* The BAR that has the memory: 2, of QEMU's nvme (hw/nvme/ctrl.c, 7.2) as of its ivshmem (hw/misc/ivshmem.c). */
struct bar {
	uint64_t start, bytes;
};

static inline struct bar read_bar(void)
{
	char text[4096] = "";
	uint64_t start, end;
	int fd = open_file("../resource", O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		die("resource");
	close(fd);
	if (sscanf(text, "%*[^\n]\n%*[^\n]\n%" SCNx64 " %" SCNx64, &start, &end) != 2)
		die("resource, line 3");
	return (struct bar){ start, end - start + 1 };
}

/*
 * The offsets in the BAR, in pages, of the pages at `at`; UINT64_MAX of a page that is somewhere else. Bits 0 to 54
 * of an entry are the frame's number, bit 63 tells that there is one (Documentation/admin-guide/mm/pagemap.rst).
 */
static inline void read_places(struct bar bar, const void *at, size_t pages, uint64_t *places)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	size_t length = pages * sizeof(*places);
	if (fd < 0 || pread(fd, places, length, (off_t)((uintptr_t)at / PAGE * sizeof(*places))) != (ssize_t)length)
		die("pagemap");
	close(fd);
	for (size_t i = 0; i < pages; i++) {
		uint64_t address = (places[i] & ((UINT64_C(1) << 55) - 1)) * PAGE;
		int inside = places[i] >> 63 && address >= bar.start && address - bar.start < bar.bytes;
		places[i] = inside ? (address - bar.start) / PAGE : UINT64_MAX;
	}
}

/* In the first and the last word of each page; no two of them are alike. A mapping has fewer than 2^32 pages. */
static inline uint64_t pattern(uint64_t seed, size_t page, int last)
{
	return (seed << 33 ^ (uint64_t)page << 1 ^ (uint64_t)last) * UINT64_C(0x9e3779b97f4a7c15);
}

static inline void fill(uint64_t *at, size_t pages, uint64_t seed)
{
	for (size_t i = 0; i < pages; i++) {
		volatile uint64_t *words = page_of(at, i);
		words[0] = pattern(seed, i, 0);
		words[WORDS_PER_PAGE - 1] = pattern(seed, i, 1);
	}
}

static inline uint64_t bad_words(uint64_t *at, size_t pages, uint64_t seed)
{
	uint64_t bad = 0;
	for (size_t i = 0; i < pages; i++) {
		volatile uint64_t *words = page_of(at, i);
		bad += words[0] != pattern(seed, i, 0);
		bad += words[WORDS_PER_PAGE - 1] != pattern(seed, i, 1);
	}
	return bad;
}

#endif
