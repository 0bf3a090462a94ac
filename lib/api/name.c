/* SPDX-License-Identifier: GPL-3.0-or-later */
/* name.c - generates names for tokens. */
#include <stdio.h>
#include <sys/random.h>

#include "create.h"

#define WORDS 32

static const char adjectives[WORDS][8] = {
	"able",	 "agile",  "amber", "bold",  "brave",  "brisk", "calm",	  "clear",
	"crisp", "eager",  "early", "fair",  "fond",   "fresh", "gentle", "glad",
	"green", "happy",  "keen",  "kind",  "lively", "loyal", "lucky",  "merry",
	"neat",	 "nimble", "plain", "proud", "quick",  "quiet", "sunny",  "swift",
};
static const char nouns[WORDS][8] = {
	"badger", "beaver", "bison", "crane", "dingo", "eagle", "falcon", "ferret",
	"finch",  "fox",    "gecko", "gull",  "hare",  "heron", "ibex",	  "jay",
	"koala",  "lark",   "lemur", "lynx",  "mole",  "newt",	"otter",  "owl",
	"panda",  "quail",  "raven", "robin", "seal",  "stork", "toad",	  "wren",
};

void coder_name_generate(char out[CODER_NAME_SIZE])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	unsigned char r[8];
	char tail[sizeof(r) - 2 + 1];

	out[0] = '\0';
	if (getrandom(r, sizeof(r), 0) != (ssize_t)sizeof(r))
		return;
	for (size_t i = 0; i < sizeof(tail) - 1; i++)
		tail[i] = digits[r[i + 2] % (sizeof(digits) - 1)];
	tail[sizeof(tail) - 1] = '\0';
	snprintf(out, CODER_NAME_SIZE, "%s-%s-%s", adjectives[r[0] % WORDS], nouns[r[1] % WORDS],
		 tail);
}
