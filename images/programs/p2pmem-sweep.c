// SPDX-License-Identifier: MIT
/*
 * p2pmem-sweep: maps p2pmem in all sizes, or all of it by the page, and sees what it gets.
 *
 *   p2pmem-sweep sizes FOLDER STEP   one mapping at a time: from 1 to 64 pages, STEP pages more each, around the powers
 *                                    of two, all of the pool, and the whole pool once more
 *   p2pmem-sweep pages FOLDER        every page of the pool by itself, all at the same time
 *
 * FOLDER is /sys/bus/pci/devices/BDF/p2pmem. Results are one line of JSON on stdout. Exit status 0: measured; 1: could
 * not measure; 2: wrong usage.
 */
#define _GNU_SOURCE
#include "p2pmem-pool.h"

struct found {
	uint64_t mappings, refused, wrong_taken, outside, twice, bad_words;
};

static struct bar bar;
static unsigned char *seen; /* of each page of the BAR */

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

static void check_places(const uint64_t *at, size_t pages, uint64_t *places, struct found *found)
{
	read_places(bar, at, pages, places);
	for (size_t i = 0; i < pages; i++) {
		if (places[i] == UINT64_MAX)
			found->outside++;
		else if (seen[places[i]]++)
			found->twice++;
	}
}

/* Not always to the end of the last page: a mapping has whole pages all the same. */
static void try_size(int fd, size_t pages, uint64_t *places, struct found *found)
{
	static const size_t less[] = { 0, 1, 8, 2048, PAGE - 1 };
	uint64_t before = read_number("available");
	uint64_t *at = map(fd, pages * PAGE - less[found->mappings % ARRAY_SIZE(less)]);
	if (at == MAP_FAILED) {
		found->refused++;
		return;
	}
	found->wrong_taken += before - read_number("available") != pages * PAGE;
	memset(seen, 0, bar.bytes / PAGE);
	check_places(at, pages, places, found);
	fill(at, pages, ++found->mappings);
	found->bad_words += bad_words(at, pages, found->mappings);
	munmap(at, pages * PAGE);
	found->wrong_taken += read_number("available") != before;
}

static size_t list_sizes(uint64_t *sizes, size_t pool, size_t step)
{
	size_t count = 0;
	for (size_t n = 1; n <= 64 && n <= pool; n++)
		sizes[count++] = n;
	for (size_t n = 64 + step; n <= pool; n += step)
		sizes[count++] = n;
	for (size_t n = 128; n + 1 <= pool; n *= 2)
		for (size_t near = n - 1; near <= n + 1; near++)
			sizes[count++] = near;
	sizes[count++] = pool - 1;
	sizes[count++] = pool;
	qsort(sizes, count, sizeof(*sizes), by_value);
	return count;
}

static int sweep_sizes(size_t pool, uint64_t *places, size_t step)
{
	struct found found = { 0 };
	uint64_t *sizes = malloc((pool + 256) * sizeof(*sizes));
	int fd = open_allocate(O_RDWR);
	if (!sizes)
		die("malloc");
	size_t count = list_sizes(sizes, pool, step), tried = 0;
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && sizes[i] == sizes[i - 1])
			continue;
		tried++;
		try_size(fd, sizes[i], places, &found);
	}
	printf("{\"sizes\":%zu,\"refused\":%" PRIu64 ",\"wrongTaken\":%" PRIu64 ",\"outside\":%" PRIu64
	       ",\"twice\":%" PRIu64 ",\"badBytes\":%" PRIu64 "}\n",
	       tried, found.refused, found.wrong_taken, found.outside, found.twice, found.bad_words * sizeof(uint64_t));
	return 0;
}

static int sweep_pages(size_t pool, uint64_t *places)
{
	struct found found = { 0 };
	uint64_t **at = calloc(pool, sizeof(*at)), left;
	int fd = open_allocate(O_RDWR);
	if (!at)
		die("malloc");
	for (; found.mappings < pool; found.mappings++) {
		at[found.mappings] = map(fd, PAGE);
		if (at[found.mappings] == MAP_FAILED)
			break;
		check_places(at[found.mappings], 1, places, &found);
		fill(at[found.mappings], 1, found.mappings);
	}
	left = read_number("available");
	for (size_t i = 0; i < found.mappings; i++) {
		found.bad_words += bad_words(at[i], 1, i);
		munmap(at[i], PAGE);
	}
	uint64_t runs = 0, first = bar.bytes / PAGE, last = 0;
	for (uint64_t page = 0; page < bar.bytes / PAGE; page++) {
		if (!seen[page])
			continue;
		first = page < first ? page : first;
		last = page;
		runs += page == 0 || !seen[page - 1];
	}
	printf("{\"pages\":%" PRIu64 ",\"left\":%" PRIu64 ",\"outside\":%" PRIu64 ",\"twice\":%" PRIu64 ",\"runs\":%" PRIu64
	       ",\"first\":%" PRIu64 ",\"last\":%" PRIu64 ",\"badBytes\":%" PRIu64 "}\n",
	       found.mappings, left / PAGE, found.outside, found.twice, runs, first, last,
	       found.bad_words * sizeof(uint64_t));
	return 0;
}

int main(int argc, char **argv)
{
	int sizes = argc == 4 && strcmp(argv[1], "sizes") == 0 && atol(argv[3]) > 0;
	if (!sizes && !(argc == 3 && strcmp(argv[1], "pages") == 0)) {
		fprintf(stderr, "usage: p2pmem-sweep sizes FOLDER STEP, or p2pmem-sweep pages FOLDER\n");
		return 2;
	}
	folder = argv[2];
	bar = read_bar();
	size_t pool = read_number("available") / PAGE;
	uint64_t *places = malloc((pool + 1) * sizeof(*places));
	seen = calloc(bar.bytes / PAGE, 1);
	if (!places || !seen)
		die("malloc");
	return sizes ? sweep_sizes(pool, places, (size_t)atol(argv[3])) : sweep_pages(pool, places);
}
