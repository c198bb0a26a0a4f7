// SPDX-License-Identifier: MIT
/*
 * An example of a test of one's own: is memory that is mapped from a provider
 * really there, page by page, and no page twice? Speaks KTAP.
 *
 *   mapped-pages /sys/bus/pci/devices/BDF/p2pmem PAGES
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int tests;

static void result(int ok, const char *name)
{
	printf("%sok %d %s\n", ok ? "" : "not ", ++tests, name);
}

static long available(const char *p2pmem)
{
	char path[256];
	long bytes = -1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/available", p2pmem);
	file = fopen(path, "r");
	if (!file)
		return -1;
	if (fscanf(file, "%ld", &bytes) != 1)
		bytes = -1;
	fclose(file);
	return bytes;
}

int main(int argc, char **argv)
{
	const char *p2pmem = argc > 1 ? argv[1] : "";
	size_t pages = argc > 2 ? strtoul(argv[2], NULL, 10) : 16;
	size_t page = sysconf(_SC_PAGESIZE), i;
	long before = available(p2pmem);
	char path[256];
	int fd, ok = 1;
	char *memory;

	puts("KTAP version 1");
	if (before < 0) {
		printf("1..0 # SKIP %s lends no memory\n", p2pmem);
		return 4;
	}
	puts("1..3");
	snprintf(path, sizeof(path), "%s/allocate", p2pmem);
	fd = open(path, O_RDWR);
	memory = mmap(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	result(memory != MAP_FAILED, "memory can be mapped");
	if (memory == MAP_FAILED)
		return 1;

	for (i = 0; i < pages; i++)
		memset(memory + i * page, (int)(i % 251), page);
	for (i = 0; i < pages * page; i++)
		ok = ok && memory[i] == (char)(i / page % 251);
	result(ok, "each page is a page of its own");

	munmap(memory, pages * page);
	result(available(p2pmem) == before, "what was unmapped is available again");
	close(fd);
	return 0;
}
