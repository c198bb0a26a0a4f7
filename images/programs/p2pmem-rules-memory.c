// SPDX-License-Identifier: MIT
/*
 * p2pmem-rules-memory FOLDER: what a process can do with p2pmem that it has mapped. There is memory only where mmap put
 * it: growth and copies of the mapping have none, and what is unmapped is given back page by page.
 */
#define _GNU_SOURCE
#include <linux/io_uring.h>
#include <setjmp.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "p2pmem-rules.h"

static sigjmp_buf after_fault;

static void on_fault(int signal)
{
	siglongjmp(after_fault, signal);
}

static void say_access(volatile uint64_t *at, int write)
{
	struct sigaction action = { .sa_handler = on_fault };
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	int signal = sigsetjmp(after_fault, 1);
	if (!signal && write)
		*at = 7;
	else if (!signal)
		(void)*at;
	say("%s", signal == SIGBUS ? "SIGBUS" : signal == SIGSEGV ? "SIGSEGV" : "ok");
}

static void memory_after_close(void)
{
	uint64_t *at = must_map(3); /* which closes the file */
	fill(at, 3, 1);
	say_taken();
	say_holds(at, 3, 1);
	munmap(at, 3 * PAGE);
	say_taken();
}

/* What is given back can be had again, and the rest stays what it is. */
static void munmap_of(size_t first, size_t pages)
{
	uint64_t *at = must_map(8);
	for (size_t i = 0; i < 8; i++)
		fill(page_of(at, i), 1, i);
	say_result(munmap(page_of(at, first), pages * PAGE));
	say_taken();
	uint64_t *other = must_map(pages);
	fill(other, pages, 100);
	uint64_t bad = bad_words(other, pages, 100);
	for (size_t i = 0; i < 8; i++)
		if (i < first || i >= first + pages)
			bad += bad_words(page_of(at, i), 1, i);
	say("%s", bad ? "corrupt" : "ok");
	munmap(at, 8 * PAGE);
	say_taken();
}

static void memory_munmap_first(void) { munmap_of(0, 1); }
static void memory_munmap_middle(void) { munmap_of(3, 2); }
static void memory_munmap_last(void) { munmap_of(5, 3); }

static void memory_mprotect_read(void)
{
	uint64_t *at = must_map(2);
	fill(at, 2, 1);
	say_result(mprotect(at, PAGE, PROT_READ));
	say_access(at, 0);
	say_access(at, 1);
	say_result(mprotect(at, PAGE, RW));
	say_holds(at, 2, 1);
	say_access(at, 1);
	say_taken();
}

static void memory_mprotect_none(void)
{
	uint64_t *at = must_map(2);
	fill(at, 2, 1);
	say_result(mprotect(at, 2 * PAGE, PROT_NONE));
	say_access(at, 0);
	say_taken();
	say_result(mprotect(at, 2 * PAGE, PROT_READ));
	say_holds(at, 2, 1);
}

static void memory_mprotect_of_read_only_file(void)
{
	int fd = open_allocate(O_RDONLY);
	void *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		die("mmap");
	say_result(mprotect(at, PAGE, RW));
}

static void memory_mremap_shrink(void)
{
	uint64_t *at = must_map(8);
	fill(at, 8, 1);
	say_result(mremap(at, 8 * PAGE, 3 * PAGE, 0) == MAP_FAILED);
	say_taken();
	say_holds(at, 3, 1);
}

/* There is address space beyond, but no memory. */
static void memory_mremap_grow(void)
{
	uint64_t *at = must_map(2);
	fill(at, 2, 1);
	at = mremap(at, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE);
	say_result(at == MAP_FAILED);
	if (at == MAP_FAILED)
		return;
	say_taken();
	say_holds(at, 2, 1);
	say_access(page_of(at, 2), 0);
}

static void memory_mremap_move(void)
{
	uint64_t *at = must_map(4);
	fill(at, 4, 1);
	void *to = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t *moved = mremap(at, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	say_result(moved != to);
	say_taken();
	say_holds(moved, 4, 1);
	say_access(at, 0);
	munmap(moved, 4 * PAGE);
	say_taken();
}

static void memory_mremap_duplicate(void)
{
	uint64_t *at = must_map(2);
	fill(at, 2, 1);
	uint64_t *copy = mremap(at, 0, 2 * PAGE, MREMAP_MAYMOVE);
	say_result(copy == MAP_FAILED);
	if (copy == MAP_FAILED)
		return;
	say_taken();
	say_access(copy, 0);
	say_holds(at, 2, 1);
}

static void memory_replaced(void)
{
	uint64_t *at = must_map(6);
	fill(at, 6, 1);
	void *over = page_of(at, 2);
	if (mmap(over, 2 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != over)
		die("mmap");
	say_taken();
	say_holds(at, 2, 1);
}

static void memory_dontneed(void)
{
	uint64_t *at = must_map(4);
	say_result(madvise(page_of(at, 1), 2 * PAGE, MADV_DONTNEED));
	say_taken();
	say_access(page_of(at, 1), 0);
	say_access(page_of(at, 3), 0);
}

/* Every second page of the whole pool is free, then all of it. */
static void memory_fragmented(void)
{
	size_t pages = idle / PAGE;
	uint64_t **at = calloc(pages, sizeof(*at));
	int fd = open_allocate(O_RDWR);
	for (size_t i = 0; i < pages; i++) {
		at[i] = map(fd, PAGE);
		if (at[i] == MAP_FAILED)
			die("mmap of every page");
		fill(at[i], 1, i);
	}
	say("%" PRIu64, read_number("available"));
	for (size_t i = 0; i < pages; i += 2)
		munmap(at[i], PAGE);
	say("%s", read_number("available") == (pages + 1) / 2 * PAGE ? "half" : "other");
	say_result(map(fd, 2 * PAGE) == MAP_FAILED);
	for (size_t i = 0; i < pages; i += 2) {
		at[i] = map(fd, PAGE);
		if (at[i] == MAP_FAILED)
			die("mmap of a hole");
		fill(at[i], 1, pages + i);
	}
	say("%" PRIu64, read_number("available"));
	uint64_t bad = 0;
	for (size_t i = 0; i < pages; i++) {
		bad += bad_words(at[i], 1, i % 2 ? i : pages + i);
		munmap(at[i], PAGE);
	}
	say("%s", bad ? "corrupt" : "ok");
	say_result(map(fd, idle) == MAP_FAILED);
}

/* The kernel reads or pins for others only what is RAM (FOLL_PCI_P2PDMA in mm/gup.c, 6.12). */
static void memory_proc_mem(void)
{
	uint64_t *at = must_map(1), copy;
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	say_read(pread(fd, &copy, sizeof(copy), (off_t)(uintptr_t)at));
}

static void memory_vmsplice(void)
{
	int fds[2];
	struct iovec from = { must_map(1), PAGE };
	if (pipe(fds))
		die("pipe");
	say_read(vmsplice(fds[1], &from, 1, 0));
}

/* For as long as the ring exists, and so the driver could not go (FOLL_LONGTERM in mm/gup.c, 6.12). */
static void memory_io_uring_buffer(void)
{
	struct io_uring_params params = { 0 };
	struct iovec buffer = { must_map(2), 2 * PAGE };
	int ring = (int)syscall(SYS_io_uring_setup, 1, &params);
	if (ring < 0)
		die("io_uring_setup");
	say("%s", syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &buffer, 1) < 0 ? "refused" : "ok");
}

/* The processor copies from and to it as it does with other memory. */
static void memory_pipe(void)
{
	uint64_t *from = must_map(1), *to = must_map(1);
	int fds[2];
	if (pipe(fds))
		die("pipe");
	for (size_t i = 0; i < PAGE / sizeof(*from); i++)
		((volatile uint64_t *)from)[i] = i * 3 + 1;
	say_read(write(fds[1], from, PAGE));
	say_read(read(fds[0], to, PAGE));
	for (size_t i = 0; i < PAGE / sizeof(*from); i++)
		if (((volatile uint64_t *)to)[i] != i * 3 + 1) {
			say("corrupt");
			return;
		}
	say("ok");
}

static const struct rule rules[] = {
	{ "after-close", memory_after_close },
	{ "munmap-first", memory_munmap_first },
	{ "munmap-middle", memory_munmap_middle },
	{ "munmap-last", memory_munmap_last },
	{ "mprotect-read", memory_mprotect_read },
	{ "mprotect-none", memory_mprotect_none },
	{ "mprotect-of-read-only-file", memory_mprotect_of_read_only_file },
	{ "mremap-shrink", memory_mremap_shrink },
	{ "mremap-grow", memory_mremap_grow },
	{ "mremap-move", memory_mremap_move },
	{ "mremap-duplicate", memory_mremap_duplicate },
	{ "replaced", memory_replaced },
	{ "dontneed", memory_dontneed },
	{ "fragmented", memory_fragmented },
	{ "proc-mem", memory_proc_mem },
	{ "vmsplice", memory_vmsplice },
	{ "io-uring-buffer", memory_io_uring_buffer },
	{ "pipe", memory_pipe },
};

int main(int argc, char **argv)
{
	return run_rules(rules, ARRAY_SIZE(rules), argc, argv);
}
