/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/message.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

bool wants_colour(FILE *file)
{
	const char *const no_color = getenv("NO_COLOR");

	return isatty(fileno(file)) != 0 && (no_color == NULL || no_color[0] == '\0');
}

bool fail(const char *what, ...)
{
	va_list arguments;

	va_start(arguments, what);
	(void)fputs(wants_colour(stderr) ? "imagebuilder: \033[1;31merror:\033[0m "
					 : "imagebuilder: error: ",
		    stderr);
	(void)vfprintf(stderr, what, arguments);
	(void)fputc('\n', stderr);
	va_end(arguments);
	return false;
}

void note(const char *what, ...)
{
	va_list arguments;

	va_start(arguments, what);
	(void)fputs("imagebuilder: note: ", stderr);
	(void)vfprintf(stderr, what, arguments);
	(void)fputc('\n', stderr);
	va_end(arguments);
}
