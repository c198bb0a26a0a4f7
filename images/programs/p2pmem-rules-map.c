// SPDX-License-Identifier: MIT
/*
 * p2pmem-rules-map FOLDER: what mmap of p2pmem takes, and how much of the pool that is (p2pmem_alloc_mmap() in
 * drivers/pci/p2pdma.c, 6.12).
 */
#define _GNU_SOURCE
#include <stddef.h>

#include "p2pmem-rules.h"

static void try_map(size_t bytes, int prot, int map_flags, int open_flags, off_t offset)
{
	int fd = open_allocate(open_flags);
	void *at = mmap(NULL, bytes, prot, map_flags, fd, offset);
	if (at == MAP_FAILED)
		say("%s", strerrorname_np(errno));
	else
		say_taken();
}

static void try_length(size_t bytes)
{
	try_map(bytes, RW, MAP_SHARED, O_RDWR, 0);
}

static void map_private(void) { try_map(PAGE, RW, MAP_PRIVATE, O_RDWR, 0); }
static void map_private_read_only(void) { try_map(PAGE, PROT_READ, MAP_PRIVATE, O_RDONLY, 0); }
static void map_offset_page(void) { try_map(PAGE, RW, MAP_SHARED, O_RDWR, PAGE); }
static void map_offset_1g(void) { try_map(PAGE, RW, MAP_SHARED, O_RDWR, GIB); }
static void map_offset_in_page(void) { try_map(PAGE, RW, MAP_SHARED, O_RDWR, 8); }
static void map_length_0(void) { try_length(0); }
static void map_length_1(void) { try_length(1); }
static void map_length_page_less_1(void) { try_length(PAGE - 1); }
static void map_length_page(void) { try_length(PAGE); }
static void map_length_page_and_1(void) { try_length(PAGE + 1); }
static void map_length_5_pages_less_8(void) { try_length(5 * PAGE - 8); }
static void map_length_beyond_pool_1(void) { try_length(idle + 1); }
static void map_length_beyond_pool_page(void) { try_length(idle + PAGE); }
/* as many bytes too much as 32 bits have no room for */
static void map_length_4g_and_page(void) { try_length(4 * GIB + PAGE); }
static void map_length_1t(void) { try_length(1024 * GIB); }
static void map_length_1t_and_page(void) { try_length(1024 * GIB + PAGE); }
static void map_length_64t(void) { try_length(65536 * GIB); }
static void map_read_only(void) { try_map(3 * PAGE, PROT_READ, MAP_SHARED, O_RDONLY, 0); }
static void map_no_access(void) { try_map(3 * PAGE, PROT_NONE, MAP_SHARED, O_RDWR, 0); }
static void map_write_of_read_only_file(void) { try_map(PAGE, RW, MAP_SHARED, O_RDONLY, 0); }
static void map_write_only_file(void) { try_map(PAGE, PROT_WRITE, MAP_SHARED, O_WRONLY, 0); }
static void map_validated(void) { try_map(2 * PAGE, RW, MAP_SHARED_VALIDATE, O_RDWR, 0); }
static void map_populated(void) { try_map(3 * PAGE, RW, MAP_SHARED | MAP_POPULATE, O_RDWR, 0); }

/* what is left of the pool, and after one page too much */
static void map_length_pool(void)
{
	int fd = open_allocate(O_RDWR);
	uint64_t *at = map(fd, idle);
	say_result(at == MAP_FAILED);
	say("%" PRIu64, read_number("available"));
	say_result(map(fd, PAGE) == MAP_FAILED);
	munmap(page_of(at, 1), PAGE);
	say_result(map(fd, 2 * PAGE) == MAP_FAILED);
	say_result(map(fd, PAGE) == MAP_FAILED);
}

static void map_again_with_same_file(void)
{
	int fd = open_allocate(O_RDWR);
	uint64_t *first = map(fd, 2 * PAGE), *second = map(fd, 3 * PAGE);
	if (first == MAP_FAILED || second == MAP_FAILED)
		die("mmap");
	say_taken();
	fill(first, 2, 1);
	fill(second, 3, 2);
	say_holds(first, 2, 1);
}

static void map_over_a_mapping(void)
{
	uint64_t *at = must_map(4);
	int fd = open_allocate(O_RDWR);
	say_result(mmap(at, PAGE, RW, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0) == MAP_FAILED);
	say_taken();
	fill(page_of(at, 2), 2, 1);
	say_result(mmap(at, 2 * PAGE, RW, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED);
	say_taken();
	fill(at, 2, 2);
	say_holds(page_of(at, 2), 2, 1);
}

static const struct rule rules[] = {
	{ "private", map_private },
	{ "private-read-only", map_private_read_only },
	{ "offset-page", map_offset_page },
	{ "offset-1g", map_offset_1g },
	{ "offset-in-page", map_offset_in_page },
	{ "length-0", map_length_0 },
	{ "length-1", map_length_1 },
	{ "length-page-less-1", map_length_page_less_1 },
	{ "length-page", map_length_page },
	{ "length-page-and-1", map_length_page_and_1 },
	{ "length-5-pages-less-8", map_length_5_pages_less_8 },
	{ "length-pool", map_length_pool },
	{ "length-beyond-pool-1", map_length_beyond_pool_1 },
	{ "length-beyond-pool-page", map_length_beyond_pool_page },
	{ "length-4g-and-page", map_length_4g_and_page },
	{ "length-1t", map_length_1t },
	{ "length-1t-and-page", map_length_1t_and_page },
	{ "length-64t", map_length_64t },
	{ "read-only", map_read_only },
	{ "no-access", map_no_access },
	{ "write-of-read-only-file", map_write_of_read_only_file },
	{ "write-only-file", map_write_only_file },
	{ "validated", map_validated },
	{ "populated", map_populated },
	{ "again-with-same-file", map_again_with_same_file },
	{ "over-a-mapping", map_over_a_mapping },
};

int main(int argc, char **argv)
{
	return run_rules(rules, ARRAY_SIZE(rules), argc, argv);
}
