/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limits.c - compares the limits of the scenarios with those that tests/RELIABILITY.md names. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "scenario.h"

#define FILE_NAME "tests/RELIABILITY.md"
#define LIST "Known limits" /* the paragraph before a list of limits begins with this */

/* The file, with one space for each run of blanks and line breaks. */
static char document[256 * 1024];

/* Reads the file, and counts the limits in its lists. */
static bool read_document(int *ret_n)
{
	char line[4096];
	size_t len = 0;
	bool in_list = false;
	FILE *in = fopen(FILE_NAME, "r");

	*ret_n = 0;
	while (in && fgets(line, sizeof(line), in)) {
		if (strncmp(line, LIST, strlen(LIST)) == 0)
			in_list = true;
		else if (line[0] == '#' || line[0] == '|')
			in_list = false;
		*ret_n += in_list && strncmp(line, "- ", 2) == 0;
		for (const char *p = line; *p && len < sizeof(document) - 1; p++)
			if (!isspace((unsigned char)*p))
				document[len++] = *p;
			else if (len && document[len - 1] != ' ')
				document[len++] = ' ';
	}
	document[len] = '\0';
	if (in)
		fclose(in);
	return in;
}

bool limits_are_documented(const struct scenario *const *scenarios, size_t n)
{
	int named, tried = 0;
	bool ok = read_document(&named);

	for (size_t i = 0; i < n; i++)
		for (int j = 0; j < scenarios[i]->n_limits; j++) {
			tried++;
			if (strstr(document, scenarios[i]->limits[j].text))
				continue;
			printf("# " FILE_NAME " lacks: %s\n", scenarios[i]->limits[j].text);
			ok = false;
		}
	if (named != tried)
		printf("# " FILE_NAME " has %d limits, and %d are tried\n", named, tried);
	return ok && named == tried;
}
