/* SPDX-License-Identifier: MIT */
/*
 * What blocks of a drive hold, for programs that copy them.
 *
 * A drive has a map: a file with a tag of 64 bits for each block of 512 bytes, which says what wrote the block first, and
 * where. All content follows from the tag, so no two blocks of any two fills are alike, and a block that is in the
 * wrong place tells where it came from.
 */
#ifndef BLOCK_PATTERN_H
#define BLOCK_PATTERN_H

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK 512
#define WORDS (BLOCK / 8)

static inline _Noreturn void die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

#define MAGIC UINT64_C(0x5a)

static inline uint64_t make_tag(uint64_t lba)
{
	return MAGIC << 56 | (uint64_t)(getpid() & 0xffffff) << 32 | (lba & 0xffffffff);
}

/* The first word is the tag itself. */
static inline void make_block(uint64_t tag, uint64_t *words)
{
	words[0] = tag;
	for (uint64_t i = 1; i < WORDS; i++) {
		uint64_t word = tag * UINT64_C(0x9e3779b97f4a7c15) ^ i * UINT64_C(0xd6e8feb86659fd93);
		words[i] = word ^ word >> 32;
	}
}

static inline uint64_t bad_in_block(uint64_t tag, const uint64_t *found, size_t *first)
{
	uint64_t want[WORDS], bad = 0;
	make_block(tag, want);
	if (memcmp(want, found, BLOCK) == 0)
		return 0;
	for (size_t i = 0; i < BLOCK; i++)
		if (((const char *)want)[i] != ((const char *)found)[i] && bad++ == 0)
			*first = i;
	return bad;
}

/* What was wrong first, in words. */
static char first_bad[240];

__attribute__((format(printf, 1, 2))) static inline void tell_bad(const char *format, ...)
{
	va_list args;
	if (*first_bad)
		return;
	va_start(args, format);
	vsnprintf(first_bad, sizeof(first_bad), format, args);
	va_end(args);
}

static inline const char *name_block(uint64_t tag)
{
	static char names[2][64];
	static int next;
	char *name = names[next ^= 1];
	if (tag >> 56 != MAGIC)
		return "no block of any fill";
	snprintf(name, sizeof(names[0]), "block %" PRIu64 " of fill %" PRIu64, tag & 0xffffffff, tag >> 32 & 0xffffff);
	return name;
}

struct drive {
	const char *map;
	int fd;
	uint64_t *tags;
	size_t blocks;
};

static inline struct drive open_drive(const char *map, const char *disk)
{
	struct drive drive = { .map = map, .fd = open(disk, O_RDWR | O_DIRECT | O_CLOEXEC) };
	int fd = open(map, O_RDWR | O_CLOEXEC);
	if (drive.fd < 0)
		die(disk);
	if (fd < 0)
		die(map);
	off_t bytes = lseek(fd, 0, SEEK_END);
	drive.blocks = (size_t)bytes / sizeof(*drive.tags);
	drive.tags = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (drive.tags == MAP_FAILED)
		die(map);
	close(fd);
	return drive;
}

static inline void *get_ram(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (at == MAP_FAILED)
		die("mmap of RAM");
	return at;
}

static inline size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

#endif
