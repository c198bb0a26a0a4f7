/* SPDX-License-Identifier: MIT */
/* Vectored I/O by psync, libaio or io_uring: a batch is submitted, and what is done is reaped. */
#ifndef IO_ENGINE_H
#define IO_ENGINE_H

#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include "block-pattern.h"

#define MAX_DEPTH 32

struct io {
	void *owner;
	int fd, is_write;
	off_t position;
	struct iovec *iov;
	size_t elements;
	/* Bytes that were moved, or an errno as the kernel returns it. */
	int64_t result;
};

static const char *engine;
static int ring_fd;
static aio_context_t aio;
static struct io *done_by_psync[MAX_DEPTH];
static size_t psync_count;
static struct io_uring_params ring;
static char *sq_ring, *cq_ring;
static struct io_uring_sqe *sqes;

static void *map_ring(size_t bytes, uint64_t offset)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring_fd, (off_t)offset);
	if (at == MAP_FAILED)
		die("mmap of io_uring");
	return at;
}

static void open_engine(const char *name)
{
	engine = name;
	if (strcmp(engine, "libaio") == 0 && syscall(SYS_io_setup, MAX_DEPTH, &aio))
		die("io_setup");
	if (strcmp(engine, "io_uring") != 0)
		return;
	ring_fd = (int)syscall(SYS_io_uring_setup, MAX_DEPTH, &ring);
	if (ring_fd < 0)
		die("io_uring_setup");
	sq_ring = map_ring(ring.sq_off.array + ring.sq_entries * sizeof(uint32_t), IORING_OFF_SQ_RING);
	cq_ring = map_ring(ring.cq_off.cqes + ring.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	sqes = map_ring(ring.sq_entries * sizeof(*sqes), IORING_OFF_SQES);
}

static void submit_psync(struct io **batch, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct io *io = batch[i];
		int n = (int)io->elements;
		ssize_t moved = io->is_write ? pwritev(io->fd, io->iov, n, io->position) :
					       preadv(io->fd, io->iov, n, io->position);
		io->result = moved < 0 ? -errno : moved;
		done_by_psync[psync_count++] = io;
	}
}

static void submit_libaio(struct io **batch, size_t count)
{
	struct iocb blocks[MAX_DEPTH], *pointers[MAX_DEPTH]; /* the kernel copies them */
	for (size_t i = 0; i < count; i++) {
		blocks[i] = (struct iocb){
			.aio_data = (uintptr_t)batch[i],
			.aio_lio_opcode = batch[i]->is_write ? IOCB_CMD_PWRITEV : IOCB_CMD_PREADV,
			.aio_fildes = (uint32_t)batch[i]->fd,
			.aio_buf = (uintptr_t)batch[i]->iov,
			.aio_nbytes = batch[i]->elements,
			.aio_offset = batch[i]->position,
		};
		pointers[i] = &blocks[i];
	}
	for (size_t sent = 0; sent < count;) {
		long accepted = syscall(SYS_io_submit, aio, count - sent, pointers + sent);
		if (accepted < 0)
			die("io_submit");
		sent += (size_t)accepted;
	}
}

static void submit_io_uring(struct io **batch, size_t count)
{
	uint32_t *tail = (uint32_t *)(sq_ring + ring.sq_off.tail), *array = (uint32_t *)(sq_ring + ring.sq_off.array);
	uint32_t mask = *(uint32_t *)(sq_ring + ring.sq_off.ring_mask), next = *tail;
	for (size_t i = 0; i < count; i++, next++) {
		sqes[next & mask] = (struct io_uring_sqe){
			.opcode = batch[i]->is_write ? IORING_OP_WRITEV : IORING_OP_READV,
			.fd = batch[i]->fd,
			.off = (uint64_t)batch[i]->position,
			.addr = (uintptr_t)batch[i]->iov,
			.len = (uint32_t)batch[i]->elements,
			.user_data = (uintptr_t)batch[i],
		};
		array[next & mask] = next & mask;
	}
	__atomic_store_n(tail, next, __ATOMIC_RELEASE);
	for (size_t sent = 0; sent < count;) {
		long accepted = syscall(SYS_io_uring_enter, ring_fd, count - sent, 0, 0, NULL, 0);
		if (accepted < 0)
			die("io_uring_enter");
		sent += (size_t)accepted;
	}
}

static void submit(struct io **batch, size_t count)
{
	if (strcmp(engine, "libaio") == 0)
		submit_libaio(batch, count);
	else if (strcmp(engine, "io_uring") == 0)
		submit_io_uring(batch, count);
	else
		submit_psync(batch, count);
}

/* Waits for at least one; has room for MAX_DEPTH. */
static size_t reap(struct io **done)
{
	size_t count = 0;
	if (strcmp(engine, "libaio") == 0) {
		struct io_event events[MAX_DEPTH];
		long got = syscall(SYS_io_getevents, aio, 1, MAX_DEPTH, events, NULL);
		if (got < 0)
			die("io_getevents");
		for (; count < (size_t)got; count++) {
			done[count] = (struct io *)(uintptr_t)events[count].data;
			done[count]->result = events[count].res;
		}
	} else if (strcmp(engine, "io_uring") == 0) {
		uint32_t *head = (uint32_t *)(cq_ring + ring.cq_off.head), *tail = (uint32_t *)(cq_ring + ring.cq_off.tail);
		uint32_t mask = *(uint32_t *)(cq_ring + ring.cq_off.ring_mask), next = *head;
		struct io_uring_cqe *cqes = (struct io_uring_cqe *)(cq_ring + ring.cq_off.cqes);
		if (syscall(SYS_io_uring_enter, ring_fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
			die("io_uring_enter");
		for (; next != __atomic_load_n(tail, __ATOMIC_ACQUIRE); next++, count++) {
			done[count] = (struct io *)(uintptr_t)cqes[next & mask].user_data;
			done[count]->result = cqes[next & mask].res;
		}
		__atomic_store_n(head, next, __ATOMIC_RELEASE);
	} else {
		count = psync_count;
		memcpy(done, done_by_psync, sizeof(done_by_psync));
		psync_count = 0;
	}
	return count;
}

#endif
