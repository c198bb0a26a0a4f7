// SPDX-License-Identifier: MIT
/*
 * drive-pattern: writes blocks of which each is unlike any other, and tells later whether a drive holds what it must.
 *
 *   drive-pattern fill MAP DISK BYTES     write blocks from RAM, and a new MAP
 *   drive-pattern check MAP DISK          read all that was filled into RAM, compare with MAP
 *
 * MAP: see block-pattern.h. Results are one line of JSON on stdout. Exit status 0: measured; 1: could not measure;
 * 2: wrong usage.
 */
#define _GNU_SOURCE
#include "block-pattern.h"

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: drive-pattern fill MAP DISK BYTES, or drive-pattern check MAP DISK; BYTES are whole blocks of 512\n");
	exit(2);
}

#define CHUNK (1 << 20)

static int run_fill(const char *map, const char *disk, size_t bytes)
{
	int fd = open(map, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	uint64_t *buffer = get_ram(CHUNK);
	struct drive drive;
	if (!bytes || bytes % BLOCK)
		usage();
	if (fd < 0 || ftruncate(fd, (off_t)(bytes / BLOCK * sizeof(uint64_t))))
		die(map);
	close(fd);
	drive = open_drive(map, disk);
	for (size_t at = 0; at < bytes; at += CHUNK) {
		size_t length = min_size(CHUNK, bytes - at);
		for (size_t i = 0; i < length / BLOCK; i++) {
			uint64_t lba = at / BLOCK + i;
			drive.tags[lba] = make_tag(lba);
			make_block(drive.tags[lba], buffer + i * WORDS);
		}
		if (pwrite(drive.fd, buffer, length, (off_t)at) != (ssize_t)length)
			die(disk);
	}
	printf("{\"bytes\":%zu,\"fill\":%d}\n", bytes, getpid() & 0xffffff);
	return 0;
}

static int run_check(const char *map, const char *disk)
{
	struct drive drive = open_drive(map, disk);
	uint64_t *buffer = get_ram(CHUNK), bad = 0;
	size_t bytes = drive.blocks * BLOCK, first = 0;
	for (size_t at = 0; at < bytes; at += CHUNK) {
		size_t length = min_size(CHUNK, bytes - at);
		if (pread(drive.fd, buffer, length, (off_t)at) != (ssize_t)length)
			die(disk);
		for (size_t i = 0; i < length / BLOCK; i++) {
			uint64_t lba = at / BLOCK + i, *block = buffer + i * WORDS;
			uint64_t here = bad_in_block(drive.tags[lba], block, &first);
			if (here)
				tell_bad("LBA %" PRIu64 " from byte %zu on: want %s, found %s", lba, first,
					 name_block(drive.tags[lba]), name_block(block[0]));
			bad += here;
		}
	}
	printf("{\"bytes\":%zu,\"badOnDisk\":%" PRIu64 ",\"firstBad\":\"%s\"}\n", bytes, bad, first_bad);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "fill") == 0)
		return run_fill(argv[2], argv[3], strtoull(argv[4], NULL, 10));
	if (argc == 4 && strcmp(argv[1], "check") == 0)
		return run_check(argv[2], argv[3]);
	usage();
}
