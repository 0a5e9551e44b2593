/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 by the standard's vectors; gzip against gzip itself and against damaged input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/lib/inflate.h"
#include "common/lib/sha256.h"

#define TEXT_SIZE 200000

static void check_digest(const char *text, size_t size, const char *expected)
{
	uint8_t digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	struct sha256 hash;

	sha256_begin(&hash);
	sha256_update(&hash, text, size);
	sha256_end(&hash, digest);
	for (unsigned i = 0; i < SHA256_SIZE; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(hex, expected);
}

/* FIPS 180-4's examples, and a length that needs a second padding block. */
static void digests(void **state)
{
	(void)state;
	check_digest("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check_digest("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
		     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* Compresses a file with the gzip program. */
static uint8_t *compress(const uint8_t *text, size_t size, const char *options, size_t *packed_size)
{
	char plain[] = "/tmp/bulkhead-test-XXXXXX";
	char command[128];
	uint8_t *const packed = malloc(size + 1000);
	FILE *file = fdopen(mkstemp(plain), "wb");

	assert_non_null(packed);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	(void)snprintf(command, sizeof(command), "gzip -c %s < %s", options, plain);
	file = popen(command, "r");
	*packed_size = fread(packed, 1, size + 1000, file);
	assert_int_equal(pclose(file), 0);
	assert_int_equal(remove(plain), 0);
	return packed;
}

/* Text that compresses, with long repetitions; noise, which is stored. */
static uint8_t *make_text(int noise)
{
	uint8_t *const text = malloc(TEXT_SIZE);

	assert_non_null(text);
	srand(1);
	for (size_t i = 0; i < TEXT_SIZE; i++)
		text[i] = (uint8_t)(noise ? rand() : "abcdefgh"[(i / 7 + i * i / 999) % 8]);
	return text;
}

static void round_trip(const char *options, int noise)
{
	size_t packed_size;
	size_t written;
	uint8_t *const text = make_text(noise);
	uint8_t *const out = malloc(TEXT_SIZE);
	uint8_t *const packed = compress(text, TEXT_SIZE, options, &packed_size);

	assert_int_equal(gunzip(packed, packed_size, out, TEXT_SIZE, &written), GZIP_OK);
	assert_int_equal(written, TEXT_SIZE);
	assert_memory_equal(out, text, TEXT_SIZE);

	/* A peek at the beginning. */
	assert_int_equal(gunzip(packed, packed_size, out, 64, &written), GZIP_OUTPUT_FULL);
	assert_int_equal(written, 64);
	assert_memory_equal(out, text, 64);
	free(text);
	free(out);
	free(packed);
}

static void whole_files(void **state)
{
	(void)state;
	round_trip("-1", 0);
	round_trip("-9", 0);
	round_trip("-6", 1);
}

/* Cut anywhere, or with any byte changed: an error, and no access out of bounds (ASan watches). */
static void damaged_files(void **state)
{
	size_t packed_size;
	size_t written;
	uint8_t *const text = make_text(0);
	uint8_t *const out = malloc(TEXT_SIZE);
	uint8_t *const packed = compress(text, 3000, "-9", &packed_size);

	(void)state;
	for (size_t size = 0; size < packed_size; size++) {
		uint8_t *const cut = malloc(size + 1);

		memcpy(cut, packed, size);
		assert_int_not_equal(gunzip(cut, size, out, TEXT_SIZE, &written), GZIP_OK);
		free(cut);
	}
	for (size_t at = 10; at < packed_size; at++) {
		packed[at] ^= 0x55;
		assert_int_not_equal(gunzip(packed, packed_size, out, TEXT_SIZE, &written),
				     GZIP_OK);
		packed[at] ^= 0x55;
	}
	assert_int_equal(gunzip("no gzip at all", 14, out, TEXT_SIZE, &written), GZIP_NOT_GZIP);
	for (int result = GZIP_OK; result <= GZIP_OUTPUT_FULL; result++)
		assert_string_not_equal(gzip_result_text((enum gzip_result)result), "unknown");
	free(text);
	free(out);
	free(packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests),
		cmocka_unit_test(whole_files),
		cmocka_unit_test(damaged_files),
	};

	return cmocka_run_group_tests_name("lib", tests, NULL, NULL);
}
