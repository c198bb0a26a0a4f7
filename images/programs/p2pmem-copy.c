// SPDX-License-Identifier: MIT
/*
 * p2pmem-copy: copies between drives through peer memory with O_DIRECT, and checks every byte on the way.
 *
 *   p2pmem-copy from=MAP,DISK to=MAP,DISK memory=ram|FILE sizes=N[,N...] KEY=VALUE...
 *
 * DISK was filled by drive-pattern, which made MAP. Each range of `from` is read into memory, compared there, and written
 * to `to`; tags move in the maps as blocks move on the drives. More keys:
 *   memory=FILE...      each iovec element's memory in turn; FILE is a provider's p2pmem/allocate
 *   offsets=N,...       where in a page buffers begin (0); segments=N,... bytes of iovec elements (one element)
 *   repeat=N            I/Os of each size at each offset (1), next to each other on the drives
 *   at=N toAt=N         where on the drives (0)
 *   engine=psync|libaio|io_uring depth=N
 *   packed=1            elements in the same memory follow each other without a gap
 *   beside=1            each I/O is followed by one in RAM
 *   whole=1             takes all of a provider's memory; I/Os use its first and last bytes in turn
 *   again=1             blocks may be copied that are there already
 *   errors=1            I/Os that fail are counted, and that is all
 *
 * Around each buffer are a page and the rest of the buffer's own pages that must not change. Each size at each offset
 * leaves a block behind it on `to` alone. Results are one line of JSON on stdout. Exit status 0: measured; 1: could not
 * measure, or an I/O failed; 2: wrong usage.
 */
#define _GNU_SOURCE
#include "io-engine.h"

#define PAGE 4096
#define MAX_ELEMENTS 512
#define MAX_LIST 64
#define MAX_SOURCES 8
/* How long memory is held after the last I/O, so that whoever samples `available` sees that it was taken. */
#define HOLD_US 200000

static _Noreturn void usage(const char *why)
{
	fprintf(stderr, "p2pmem-copy: %s\n"
			"usage: p2pmem-copy from=MAP,DISK to=MAP,DISK memory=ram|FILE sizes=N KEY=VALUE...\n", why);
	exit(2);
}

static uint64_t parse_number(const char *text)
{
	char *end;
	errno = 0;
	uint64_t number = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-')
		usage("want a number");
	return number;
}

/* ---- what is to be done ---- */

struct list {
	size_t count;
	uint64_t of[MAX_LIST];
};

/* Memory for buffers. The last of all is RAM, for I/Os beside. */
struct source {
	const char *file;
	char *base;
	size_t bytes;
};

static struct {
	struct drive from, to;
	uint64_t at, to_at;
	struct source sources[MAX_SOURCES + 1];
	size_t memories;
	struct list sizes, offsets, segments;
	uint64_t repeat, depth;
	const char *engine;
	int packed, beside, whole, again, errors;
} job = {
	.offsets = { 1, { 0 } }, .repeat = 1, .depth = 1, .engine = "psync",
};

struct item {
	size_t bytes, offset;
	uint64_t position;
	int in_ram, number;
};

static struct item *items;
static size_t item_count;

/* Items of one size and offset follow each other; behind them is a block that is not copied. */
static void make_items(void)
{
	uint64_t position = 0;
	size_t copies = (size_t)job.repeat * (job.beside ? 2 : 1) * (job.whole ? 2 : 1);
	items = calloc(job.sizes.count * job.offsets.count * copies, sizeof(*items));
	if (!items)
		die("calloc");
	for (size_t s = 0; s < job.sizes.count; s++)
		for (size_t o = 0; o < job.offsets.count; o++, position += BLOCK)
			for (size_t n = 0; n < copies; n++, position += job.sizes.of[s])
				items[item_count++] = (struct item){
					.bytes = job.sizes.of[s], .offset = job.offsets.of[o], .position = position,
					.in_ram = job.beside && n % 2, .number = (int)item_count,
				};
	if (job.at + position > job.from.blocks * BLOCK || job.to_at + position > job.to.blocks * BLOCK)
		usage("more is to be copied than was filled");
	if (strcmp(job.from.map, job.to.map) == 0 && job.at < job.to_at + position && job.to_at < job.at + position)
		usage("ranges of one drive overlap");
	for (size_t i = 0; i < item_count && !job.again; i++)
		if (job.to.tags[(job.to_at + items[i].position) / BLOCK] ==
		    job.from.tags[(job.at + items[i].position) / BLOCK])
			usage("blocks were copied already, so that one that is not copied could not be told: fill again");
}

/* ---- buffers ---- */

/* Room for an I/O in each of the memories; `sources` says which one an iovec element is in. */
struct slot {
	enum { IDLE, READING, WRITING } state;
	int number;
	const struct item *item;
	struct io io;
	struct iovec iov[MAX_ELEMENTS];
	size_t sources[MAX_ELEMENTS];
	struct iovec guards[MAX_SOURCES + 1][MAX_ELEMENTS + 1];
	size_t guard_counts[MAX_SOURCES + 1];
};

static struct slot *slots;
static size_t arena_bytes[MAX_SOURCES + 1];

/* Each access to a CMB traps, and one that is not aligned traps for each byte. */
static void from_device(void *to, const void *from, size_t bytes)
{
	size_t step = ((uintptr_t)from | bytes) % 8 ? 4 : 8;
	for (size_t i = 0; i < bytes; i += step)
		if (step == 8)
			*(uint64_t *)((char *)to + i) = *(const volatile uint64_t *)((const char *)from + i);
		else
			*(uint32_t *)((char *)to + i) = *(const volatile uint32_t *)((const char *)from + i);
}

/* Guards are told apart by their address, a word of 32 bits after the other. */
static uint32_t guard_word(const volatile uint32_t *at)
{
	return (uint32_t)((uintptr_t)at >> 2) * UINT32_C(0x9e3779b1) ^ UINT32_C(0x6a09e667);
}

static void fill_guards(struct slot *slot)
{
	for (size_t s = 0; s <= job.memories; s++)
		for (size_t g = 0; g < slot->guard_counts[s]; g++) {
			volatile uint32_t *words = slot->guards[s][g].iov_base;
			for (size_t i = 0; i < slot->guards[s][g].iov_len / 4; i++)
				words[i] = guard_word(words + i);
		}
}

static uint64_t check_guards(const struct slot *slot)
{
	uint64_t bad = 0;
	for (size_t s = 0; s <= job.memories; s++)
		for (size_t g = 0; g < slot->guard_counts[s]; g++) {
			volatile uint32_t *words = slot->guards[s][g].iov_base;
			for (size_t i = 0; i < slot->guards[s][g].iov_len / 4; i++) {
				uint32_t differs = words[i] ^ guard_word(words + i);
				if (differs)
					tell_bad("memory %zu: a word %zu B into guard %zu (%zu B) of %zu B at offset %zu", s,
						 i * 4, g, slot->guards[s][g].iov_len, slot->item->bytes, slot->item->offset);
				for (; differs; differs >>= 8)
					bad += (differs & 0xff) != 0;
			}
		}
	return bad;
}

static char *page_up(char *at)
{
	return (char *)(((uintptr_t)at + PAGE - 1) & ~(uintptr_t)(PAGE - 1));
}

static char *clamp(char *at, const struct source *source)
{
	char *end = source->base + source->bytes;
	return at < source->base ? source->base : at > end ? end : at;
}

static void add_guard(struct slot *slot, size_t source, char *from, char *to)
{
	from = clamp(from, &job.sources[source]);
	to = clamp(to, &job.sources[source]);
	if (to > from)
		slot->guards[source][slot->guard_counts[source]++] = (struct iovec){ from, (size_t)(to - from) };
}

static size_t element_bytes(size_t number, size_t left)
{
	return job.segments.count ? min_size(left, job.segments.of[number % job.segments.count]) : left;
}

/* One end and the other in turn, and in the other order for every other memory. */
static char *at_an_end(const struct item *item, size_t source, size_t bytes)
{
	const struct source *memory = &job.sources[source];
	return (item->number + (int)source) % 2 == 0 ? memory->base + item->offset :
						       memory->base + memory->bytes - item->offset - bytes;
}

/* Places the elements of the slot's item; whatever lies around them is guarded. */
static void lay_out(struct slot *slot)
{
	const struct item *item = slot->item;
	char *ends[MAX_SOURCES + 1] = { NULL };
	size_t left = item->bytes;
	slot->io.elements = 0;
	memset(slot->guard_counts, 0, sizeof(slot->guard_counts));
	for (size_t n = 0; left > 0; n++) {
		size_t bytes = element_bytes(n, left);
		size_t source = item->in_ram ? job.memories : n % job.memories;
		char *arena = job.sources[source].base + (size_t)slot->number * arena_bytes[source];
		char *end = ends[source], *free_from = end ? end : arena;
		char *at = end && job.packed ? end : page_up(free_from) + PAGE + item->offset;
		if (job.whole && !item->in_ram) {
			at = at_an_end(item, source, bytes);
			free_from = (char *)((uintptr_t)at & ~(uintptr_t)(PAGE - 1)) - PAGE;
			if (end || at < job.sources[source].base || at + bytes > job.sources[source].base + job.sources[source].bytes)
				usage("whole=1 wants one element for each memory, and room for it");
		}
		if (n == MAX_ELEMENTS)
			usage("too many segments");
		add_guard(slot, source, free_from, at);
		slot->iov[n] = (struct iovec){ at, bytes };
		slot->sources[n] = source;
		ends[source] = at + bytes;
		slot->io.elements = n + 1;
		left -= bytes;
	}
	for (size_t s = 0; s <= job.memories; s++)
		if (ends[s])
			add_guard(slot, s, ends[s], page_up(ends[s]) + PAGE);
}

/* As much as lay_out() needs in a source for one slot, at most. */
static size_t arena_of(size_t source)
{
	size_t most = 0;
	for (size_t i = 0; i < item_count; i++) {
		size_t left = items[i].bytes, need = 3 * PAGE;
		if (items[i].in_ram ? source != job.memories : source == job.memories)
			continue;
		for (size_t n = 0; left > 0; n++) {
			size_t bytes = element_bytes(n, left);
			if (items[i].in_ram || n % job.memories == source)
				need += (items[i].offset + bytes + 2 * PAGE) / PAGE * PAGE + PAGE;
			left -= bytes;
		}
		if (need > most)
			most = need;
	}
	return most;
}

static size_t available_beside(const char *file)
{
	char sibling[4096], text[32] = "";
	snprintf(sibling, sizeof(sibling), "%.*savailable", (int)(strrchr(file, '/') + 1 - file), file);
	int fd = open(sibling, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		die(sibling);
	close(fd);
	return strtoull(text, NULL, 10);
}

static void get_memory(void)
{
	for (size_t s = 0; s <= job.memories; s++) {
		struct source *source = &job.sources[s];
		arena_bytes[s] = arena_of(s);
		source->bytes = arena_bytes[s] * job.depth;
		if (!source->bytes)
			continue;
		if (!source->file) {
			source->base = get_ram(source->bytes);
			continue;
		}
		int fd = open(source->file, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			die(source->file);
		if (job.whole)
			source->bytes = available_beside(source->file);
		source->base = mmap(NULL, source->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (source->base == MAP_FAILED)
			die("mmap of p2pmem");
		close(fd);
	}
}

/* ---- the copy ---- */

static uint64_t copied, ios, failed, bad_bytes, bad_guards, overtaken;
static int errors[8]; /* each errno once; 0 is a short transfer */
static size_t error_count;
static char first_failure[120];

static void begin_io(struct slot *slot, int is_write)
{
	slot->state = is_write ? WRITING : READING;
	slot->io.is_write = is_write;
	slot->io.fd = is_write ? job.to.fd : job.from.fd;
	slot->io.position = (off_t)(slot->item->position + (is_write ? job.to_at : job.at));
}

/* What an earlier I/O left in a buffer must not pass for what this one brings. */
static void begin_item(struct slot *slot, const struct item *item)
{
	slot->item = item;
	lay_out(slot);
	fill_guards(slot);
	begin_io(slot, 0);
	for (size_t e = 0; e < slot->io.elements; e++)
		for (size_t at = 0; at < slot->iov[e].iov_len; at += BLOCK) {
			volatile uint32_t *words = (volatile uint32_t *)((char *)slot->iov[e].iov_base + at);
			words[0] = words[BLOCK / 4 - 1] = UINT32_C(0xdeadbeef);
		}
}

static void check_buffer(const struct slot *slot)
{
	uint64_t lba = (job.at + slot->item->position) / BLOCK, block[WORDS];
	size_t first = 0;
	for (size_t e = 0; e < slot->io.elements; e++)
		for (size_t at = 0; at < slot->iov[e].iov_len; at += BLOCK, lba++) {
			from_device(block, (char *)slot->iov[e].iov_base + at, BLOCK);
			uint64_t here = bad_in_block(job.from.tags[lba], block, &first);
			if (here)
				tell_bad("%zu B at offset %zu, segment %zu (memory %zu) byte %zu: want %s, found %s",
					 slot->item->bytes, slot->item->offset, e, slot->sources[e], at + first,
					 name_block(job.from.tags[lba]), name_block(block[0]));
			bad_bytes += here;
		}
	bad_guards += check_guards(slot);
}

static void count_failure(struct slot *slot)
{
	int error = slot->io.result < 0 ? (int)-slot->io.result : 0;
	size_t known = 0;
	if (failed++ == 0)
		snprintf(first_failure, sizeof(first_failure), "%s of %zu B, %zu elements, offset %zu",
			 slot->state == WRITING ? "write" : "read", slot->item->bytes, slot->io.elements, slot->item->offset);
	while (known < error_count && errors[known] != error)
		known++;
	if (known == error_count && error_count < sizeof(errors) / sizeof(*errors))
		errors[error_count++] = error;
	slot->state = IDLE;
}

static const char *name_errors(void)
{
	static char names[200];
	size_t length = 0;
	for (size_t i = 0; i < error_count; i++)
		length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%s", i ? "," : "",
					   errors[i] ? strerrorname_np(errors[i]) : "short");
	return names;
}

static void complete(struct slot *slot)
{
	if (slot->io.result != (int64_t)slot->item->bytes) {
		count_failure(slot);
	} else if (slot->state == READING) {
		check_buffer(slot);
		begin_io(slot, 1);
	} else {
		memcpy(job.to.tags + (job.to_at + slot->item->position) / BLOCK,
		       job.from.tags + (job.at + slot->item->position) / BLOCK, slot->item->bytes / BLOCK * sizeof(uint64_t));
		copied += slot->item->bytes;
		ios++;
		slot->state = IDLE;
	}
}

static void run_items(void)
{
	struct io *ready[MAX_DEPTH], *done[MAX_DEPTH];
	size_t next = 0, in_flight = 0, count = 0;
	int newest = -1;
	for (;;) {
		for (size_t i = 0; i < job.depth && next < item_count; i++)
			if (slots[i].state == IDLE) {
				begin_item(&slots[i], &items[next++]);
				ready[count++] = &slots[i].io;
			}
		if (count)
			submit(ready, count);
		in_flight += count;
		count = 0;
		if (!in_flight)
			return;
		size_t got = reap(done);
		in_flight -= got;
		for (size_t i = 0; i < got; i++) {
			struct slot *slot = done[i]->owner;
			if (slot->state == READING) {
				overtaken += slot->item->number < newest;
				newest = slot->item->number > newest ? slot->item->number : newest;
			}
			complete(slot);
			if (slot->state == WRITING)
				ready[count++] = &slot->io;
		}
	}
}

static void parse_list(struct list *list, char *text, uint64_t multiple_of)
{
	list->count = 0;
	for (char *word = strtok(text, ","); word; word = strtok(NULL, ",")) {
		if (list->count == MAX_LIST)
			usage("too long a list");
		uint64_t number = parse_number(word);
		if (number % multiple_of)
			usage("want whole blocks, and offsets of whole words");
		list->of[list->count++] = number;
	}
}

static struct drive parse_drive(char *text)
{
	char *comma = strchr(text, ',');
	if (!comma)
		usage("want MAP,DISK");
	*comma = '\0';
	return open_drive(text, comma + 1);
}

static void parse_key(const char *key, char *value)
{
	if (strcmp(key, "from") == 0)
		job.from = parse_drive(value);
	else if (strcmp(key, "to") == 0)
		job.to = parse_drive(value);
	else if (strcmp(key, "memory") == 0 && job.memories < MAX_SOURCES)
		job.sources[job.memories++].file = strcmp(value, "ram") == 0 ? NULL : value;
	else if (strcmp(key, "sizes") == 0)
		parse_list(&job.sizes, value, BLOCK);
	else if (strcmp(key, "offsets") == 0)
		parse_list(&job.offsets, value, sizeof(uint32_t)); /* dma_alignment of NVMe, drivers/nvme/host/core.c */
	else if (strcmp(key, "segments") == 0)
		parse_list(&job.segments, value, BLOCK);
	else if (strcmp(key, "repeat") == 0)
		job.repeat = parse_number(value);
	else if (strcmp(key, "depth") == 0)
		job.depth = parse_number(value);
	else if (strcmp(key, "at") == 0)
		job.at = parse_number(value);
	else if (strcmp(key, "toAt") == 0)
		job.to_at = parse_number(value);
	else if (strcmp(key, "engine") == 0)
		job.engine = value;
	else if (strcmp(key, "packed") == 0)
		job.packed = parse_number(value) != 0;
	else if (strcmp(key, "beside") == 0)
		job.beside = parse_number(value) != 0;
	else if (strcmp(key, "whole") == 0)
		job.whole = parse_number(value) != 0;
	else if (strcmp(key, "again") == 0)
		job.again = parse_number(value) != 0;
	else if (strcmp(key, "errors") == 0)
		job.errors = parse_number(value) != 0;
	else
		usage(key);
}

int main(int count, char **args)
{
	for (int i = 1; i < count; i++) {
		char *equals = strchr(args[i], '=');
		if (!equals)
			usage("want KEY=VALUE");
		*equals = '\0';
		parse_key(args[i], equals + 1);
	}
	if (!job.from.tags || !job.to.tags || !job.memories || !job.sizes.count)
		usage("want from, to, memory and sizes");
	if (!job.depth || job.depth > MAX_DEPTH || (job.whole && job.depth != 1))
		usage("want a depth of 1 to 32, and of 1 with whole=1");
	make_items();
	get_memory();
	open_engine(job.engine);
	slots = calloc(job.depth, sizeof(*slots));
	if (!slots)
		die("calloc");
	for (size_t i = 0; i < job.depth; i++) {
		slots[i].number = (int)i;
		slots[i].io.owner = &slots[i];
		slots[i].io.iov = slots[i].iov;
	}
	run_items();
	for (size_t i = 0; i < job.depth; i++) /* what came late */
		if (slots[i].item)
			bad_guards += check_guards(&slots[i]);
	usleep(HOLD_US);
	printf("{\"bytes\":%" PRIu64 ",\"ios\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"error\":\"%s\",\"badBytes\":%" PRIu64
	       ",\"badGuards\":%" PRIu64 ",\"firstBad\":\"%s\",\"overtaken\":%" PRIu64 "}\n",
	       copied, ios, failed, name_errors(), bad_bytes, bad_guards, first_bad, overtaken);
	if (failed && !job.errors)
		fprintf(stderr, "p2pmem-copy: %" PRIu64 " I/Os failed with %s, the first a %s\n", failed, name_errors(), first_failure);
	return failed && !job.errors;
}

