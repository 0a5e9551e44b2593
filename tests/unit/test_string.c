/* SPDX-License-Identifier: Apache-2.0 */
/* EL2's memory and string functions against the C library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void *el2_memset(void *to, int value, size_t size);
void *el2_memcpy(void *restrict to, const void *restrict from, size_t size);
void *el2_memmove(void *to, const void *from, size_t size);
int el2_memcmp(const void *a, const void *b, size_t size);
void *el2_memchr(const void *memory, int value, size_t size);
size_t el2_strlen(const char *text);
size_t el2_strnlen(const char *text, size_t limit);
int el2_strcmp(const char *a, const char *b);
int el2_strncmp(const char *a, const char *b, size_t limit);
char *el2_strchr(const char *text, int value);
char *el2_strrchr(const char *text, int value);
unsigned long el2_strtoul(const char *restrict text, char **restrict end, int base);

#define SIZE 64

/* All alignments and lengths; the bytes around must stay. */
static void blocks(void **state)
{
	(void)state;
	for (size_t to = 0; to < 9; to++) {
		for (size_t from = 0; from < 9; from++) {
			for (size_t size = 0; size <= 40; size++) {
				_Alignas(8) uint8_t ours[SIZE];
				_Alignas(8) uint8_t theirs[SIZE];

				for (unsigned i = 0; i < SIZE; i++)
					ours[i] = theirs[i] = (uint8_t)i;
				el2_memmove(ours + to, ours + from, size);
				memmove(theirs + to, theirs + from, size);
				assert_memory_equal(ours, theirs, SIZE);
				el2_memset(ours + to, 0xa5, size);
				memset(theirs + to, 0xa5, size);
				assert_memory_equal(ours, theirs, SIZE);
			}
		}
	}
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static void texts(void **state)
{
	static const char *const words[] = {"", "a", "ab", "abc", "abd", "b", "abcabc"};
	const size_t count = sizeof(words) / sizeof(words[0]);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(el2_strlen(words[i]), strlen(words[i]));
		assert_int_equal(el2_strnlen(words[i], 2), strnlen(words[i], 2));
		for (const char *c = "abz"; c <= "abz" + 3 && *c != '\0'; c++) {
			assert_ptr_equal(el2_strchr(words[i], *c), strchr(words[i], *c));
			assert_ptr_equal(el2_strrchr(words[i], *c), strrchr(words[i], *c));
			assert_ptr_equal(el2_memchr(words[i], *c, strlen(words[i])),
					 memchr(words[i], *c, strlen(words[i])));
		}
		for (size_t j = 0; j < count; j++) {
			assert_int_equal(sign(el2_strcmp(words[i], words[j])),
					 sign(strcmp(words[i], words[j])));
			assert_int_equal(sign(el2_strncmp(words[i], words[j], 2)),
					 sign(strncmp(words[i], words[j], 2)));
		}
	}
	assert_true(el2_memcmp("abc", "abd", 3) < 0);
	assert_int_equal(el2_memcmp("abc", "abd", 2), 0);
}

static void numbers(void **state)
{
	static const char *const words[] = {"0", "42x", "0x1fG", "077", "18446744073709551616",
					    "x"};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char *ours;
		char *theirs;

		assert_int_equal(el2_strtoul(words[i], &ours, 0), strtoul(words[i], &theirs, 0));
		assert_int_equal(el2_strtoul(words[i], &ours, 10), strtoul(words[i], &theirs, 10));
		if (words[i][0] != 'x')
			assert_ptr_equal(ours, theirs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks),
		cmocka_unit_test(texts),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests_name("string", tests, NULL, NULL);
}
