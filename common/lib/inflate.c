/* SPDX-License-Identifier: Apache-2.0 */
#include "common/lib/inflate.h"

#define MAX_CODE_BITS	   15
#define MAX_LITERAL_CODES  288
#define MAX_DISTANCE_CODES 32
#define END_OF_BLOCK	   256
#define GZIP_HEADER_SIZE   10
#define GZIP_TRAILER_SIZE  8
#define GZIP_DEFLATE	   8
#define GZIP_HAS_CRC	   0x02
#define GZIP_HAS_EXTRA	   0x04
#define GZIP_HAS_NAME	   0x08
#define GZIP_HAS_COMMENT   0x10

/* Both streams; an error is kept in result and stops everything. */
struct stream {
	const uint8_t *in;
	size_t in_size;
	size_t in_used;
	uint32_t bits; /* read from in, not yet used; the next bit is the lowest */
	unsigned bit_count;
	uint8_t *out;
	size_t out_size;
	size_t out_used;
	enum gzip_result result;
};

/*
 * A Huffman code in canonical form (RFC 1951, 3.2.2): how many codes each length has, and the
 * symbols in the order of their codes.
 */
struct code {
	uint16_t count[MAX_CODE_BITS + 1];
	uint16_t symbol[MAX_LITERAL_CODES];
};

static void fail(struct stream *stream, enum gzip_result result)
{
	if (stream->result == GZIP_OK)
		stream->result = result;
}

/* The next count (at most 16) bits; zero after an error. */
static uint32_t take_bits(struct stream *stream, unsigned count)
{
	while (stream->bit_count < count) {
		if (stream->in_used == stream->in_size) {
			fail(stream, GZIP_TRUNCATED);
			return 0;
		}
		stream->bits |= (uint32_t)stream->in[stream->in_used++] << stream->bit_count;
		stream->bit_count += 8;
	}

	const uint32_t value = stream->bits & ((1U << count) - 1);

	stream->bits >>= count;
	stream->bit_count -= count;
	return value;
}

static void put_byte(struct stream *stream, uint8_t byte)
{
	if (stream->out_used == stream->out_size) {
		fail(stream, GZIP_OUTPUT_FULL);
		return;
	}
	stream->out[stream->out_used++] = byte;
}

/* Builds a code from the length of each symbol's code. False: more codes than the lengths allow. */
static bool build_code(struct code *code, const uint8_t *lengths, unsigned symbols)
{
	uint16_t next[MAX_CODE_BITS + 1];
	int left = 1;

	for (unsigned i = 0; i <= MAX_CODE_BITS; i++)
		code->count[i] = 0;
	for (unsigned i = 0; i < symbols; i++)
		code->count[lengths[i]]++;
	code->count[0] = 0;
	for (unsigned i = 1; i <= MAX_CODE_BITS; i++) {
		left = 2 * left - code->count[i];
		if (left < 0)
			return false;
	}
	next[1] = 0;
	for (unsigned i = 1; i < MAX_CODE_BITS; i++)
		next[i + 1] = (uint16_t)(next[i] + code->count[i]);
	for (unsigned i = 0; i < symbols; i++)
		if (lengths[i] != 0)
			code->symbol[next[lengths[i]]++] = (uint16_t)i;
	return true;
}

/* Reads one symbol, a bit at a time: codes of one length are consecutive numbers. */
static unsigned take_symbol(struct stream *stream, const struct code *code)
{
	unsigned value = 0;
	unsigned first = 0;
	unsigned index = 0;

	for (unsigned length = 1; length <= MAX_CODE_BITS; length++) {
		value |= take_bits(stream, 1);

		const unsigned count = code->count[length];

		if (value - first < count)
			return code->symbol[index + (value - first)];
		index += count;
		first = (first + count) << 1;
		value <<= 1;
	}
	fail(stream, GZIP_CORRUPT);
	return END_OF_BLOCK;
}

/* A block without compression (3.2.4). */
static void inflate_stored(struct stream *stream)
{
	stream->bits = 0;
	stream->bit_count = 0;

	const uint32_t length = take_bits(stream, 16);

	if ((take_bits(stream, 16) ^ 0xffff) != length)
		fail(stream, GZIP_CORRUPT);
	for (uint32_t i = 0; i < length && stream->result == GZIP_OK; i++)
		put_byte(stream, (uint8_t)take_bits(stream, 8));
}

/* Repeats length bytes from distance back; the two may overlap. */
static void copy_match(struct stream *stream, unsigned length, unsigned distance)
{
	if (distance > stream->out_used)
		fail(stream, GZIP_CORRUPT);
	for (unsigned i = 0; i < length && stream->result == GZIP_OK; i++)
		put_byte(stream, stream->out[stream->out_used - distance]);
}

/* The symbols of a block up to its end (3.2.5). */
static void inflate_symbols(struct stream *stream, const struct code *literals,
			    const struct code *distances)
{
	static const uint16_t length_base[] = {3,  4,  5,  6,	7,   8,	  9,   10,  11, 13,
					       15, 17, 19, 23,	27,  31,  35,  43,  51, 59,
					       67, 83, 99, 115, 131, 163, 195, 227, 258};
	static const uint8_t length_bits[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
					      2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
	static const uint16_t distance_base[] = {1,    2,    3,	   4,	  5,	 7,    9,    13,
						 17,   25,   33,   49,	  65,	 97,   129,  193,
						 257,  385,  513,  769,	  1025,	 1537, 2049, 3073,
						 4097, 6145, 8193, 12289, 16385, 24577};

	while (stream->result == GZIP_OK) {
		const unsigned symbol = take_symbol(stream, literals);

		if (symbol == END_OF_BLOCK)
			return;
		if (symbol < END_OF_BLOCK) {
			put_byte(stream, (uint8_t)symbol);
			continue;
		}

		const unsigned index = symbol - END_OF_BLOCK - 1;

		if (index >= sizeof(length_bits)) {
			fail(stream, GZIP_CORRUPT);
			return;
		}

		const unsigned length = length_base[index] + take_bits(stream, length_bits[index]);
		const unsigned far = take_symbol(stream, distances);

		if (far >= sizeof(distance_base) / sizeof(distance_base[0])) {
			fail(stream, GZIP_CORRUPT);
			return;
		}
		copy_match(stream, length,
			   distance_base[far] + take_bits(stream, far < 2 ? 0 : far / 2 - 1));
	}
}

/* The codes of 3.2.6, which need no description in the stream. */
static void inflate_fixed(struct stream *stream, struct code *literals, struct code *distances)
{
	uint8_t lengths[MAX_LITERAL_CODES];

	for (unsigned i = 0; i < MAX_LITERAL_CODES; i++)
		lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	(void)build_code(literals, lengths, MAX_LITERAL_CODES);
	for (unsigned i = 0; i < MAX_DISTANCE_CODES; i++)
		lengths[i] = 5;
	(void)build_code(distances, lengths, MAX_DISTANCE_CODES);
	inflate_symbols(stream, literals, distances);
}

/* Reads the lengths of both codes, which are themselves compressed (3.2.7). */
static void take_lengths(struct stream *stream, const struct code *code, uint8_t *lengths,
			 unsigned total)
{
	unsigned used = 0;

	while (used < total && stream->result == GZIP_OK) {
		const unsigned symbol = take_symbol(stream, code);
		const bool is_repeated = symbol == 16;
		uint8_t value = is_repeated && used > 0 ? lengths[used - 1] : 0;
		unsigned repeat = 1;

		if (symbol < 16)
			value = (uint8_t)symbol;
		else if (symbol < 18)
			repeat = 3 + take_bits(stream, is_repeated ? 2 : 3);
		else
			repeat = 11 + take_bits(stream, 7);
		if (repeat > total - used || (is_repeated && used == 0)) {
			fail(stream, GZIP_CORRUPT);
			return;
		}
		for (; repeat > 0; repeat--)
			lengths[used++] = value;
	}
}

/* A block with codes of its own (3.2.7). */
static void inflate_dynamic(struct stream *stream, struct code *literals, struct code *distances)
{
	static const uint8_t order[] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
					11, 4,	12, 3, 13, 2, 14, 1, 15};
	uint8_t lengths[MAX_LITERAL_CODES + MAX_DISTANCE_CODES] = {0};
	const unsigned literal_count = take_bits(stream, 5) + 257;
	const unsigned distance_count = take_bits(stream, 5) + 1;
	const unsigned length_count = take_bits(stream, 4) + 4;

	for (unsigned i = 0; i < length_count; i++)
		lengths[order[i]] = (uint8_t)take_bits(stream, 3);
	if (literal_count > 286 || !build_code(literals, lengths, sizeof(order)))
		fail(stream, GZIP_CORRUPT);
	take_lengths(stream, literals, lengths, literal_count + distance_count);
	if (stream->result != GZIP_OK)
		return;
	if (lengths[END_OF_BLOCK] == 0 ||
	    !build_code(distances, lengths + literal_count, distance_count) ||
	    !build_code(literals, lengths, literal_count))
		fail(stream, GZIP_CORRUPT);
	inflate_symbols(stream, literals, distances);
}

static void inflate(struct stream *stream)
{
	struct code literals;
	struct code distances;
	bool is_last = false;

	while (!is_last && stream->result == GZIP_OK) {
		is_last = take_bits(stream, 1) != 0;
		switch (take_bits(stream, 2)) {
		case 0:
			inflate_stored(stream);
			break;
		case 1:
			inflate_fixed(stream, &literals, &distances);
			break;
		case 2:
			inflate_dynamic(stream, &literals, &distances);
			break;
		default:
			fail(stream, GZIP_CORRUPT);
			break;
		}
	}
}

/* CRC-32 of RFC 1952, section 8, four bits at a time. */
static uint32_t crc32(const uint8_t *data, size_t size)
{
	static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
					   0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
					   0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
					   0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		crc ^= data[i];
		crc = crc >> 4 ^ table[crc & 0xf];
		crc = crc >> 4 ^ table[crc & 0xf];
	}
	return ~crc;
}

static uint32_t little_endian32(const uint8_t *bytes)
{
	return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 |
	       bytes[0];
}

bool is_gzip(const void *in, size_t in_size)
{
	const uint8_t *const bytes = in;

	return in_size >= GZIP_HEADER_SIZE && bytes[0] == 0x1f && bytes[1] == 0x8b &&
	       bytes[2] == GZIP_DEFLATE;
}

/* Where the text at offset ends, behind its NUL; at most size. */
static size_t skip_text(const uint8_t *bytes, size_t size, size_t offset)
{
	while (offset < size && bytes[offset] != 0)
		offset++;
	return offset < size ? offset + 1 : size;
}

/* Length of the header with its optional fields (RFC 1952, 2.3); in_size when it is cut short. */
static size_t header_length(const uint8_t *bytes, size_t size)
{
	const uint8_t flags = bytes[3];
	size_t offset = GZIP_HEADER_SIZE;

	if ((flags & GZIP_HAS_EXTRA) != 0) {
		if (size - offset < 2)
			return size;
		offset += 2 + (bytes[offset] | (size_t)bytes[offset + 1] << 8);
		if (offset > size)
			return size;
	}
	if ((flags & GZIP_HAS_NAME) != 0)
		offset = skip_text(bytes, size, offset);
	if ((flags & GZIP_HAS_COMMENT) != 0)
		offset = skip_text(bytes, size, offset);
	if ((flags & GZIP_HAS_CRC) != 0)
		offset += 2;
	return offset < size ? offset : size;
}

/* The trailer behind the stream: CRC-32 and size of what was compressed. */
static enum gzip_result check_trailer(const struct stream *stream)
{
	const uint8_t *const trailer = stream->in + stream->in_used;

	if (stream->in_size - stream->in_used < GZIP_TRAILER_SIZE)
		return GZIP_TRUNCATED;
	if (little_endian32(trailer) != crc32(stream->out, stream->out_used) ||
	    little_endian32(trailer + 4) != (uint32_t)stream->out_used)
		return GZIP_CORRUPT;
	return GZIP_OK;
}

enum gzip_result gunzip(const void *in, size_t in_size, void *out, size_t out_size, size_t *written)
{
	struct stream stream = {.in = in, .in_size = in_size, .out = out, .out_size = out_size};

	*written = 0;
	if (!is_gzip(in, in_size))
		return GZIP_NOT_GZIP;
	stream.in_used = header_length(in, in_size);
	inflate(&stream);
	*written = stream.out_used;
	return stream.result == GZIP_OK ? check_trailer(&stream) : stream.result;
}

const char *gzip_result_text(enum gzip_result result)
{
	static const char *const texts[] = {
		[GZIP_OK] = "good",
		[GZIP_NOT_GZIP] = "not a gzip file",
		[GZIP_TRUNCATED] = "the file ends too early",
		[GZIP_CORRUPT] = "the file is damaged",
		[GZIP_OUTPUT_FULL] = "the contents are larger than expected",
	};

	return texts[result];
}
