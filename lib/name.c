/* SPDX-License-Identifier: GPL-3.0-or-later */
/* name.c - names for tokens that were given none. */
#include <stdio.h>
#include <stdint.h>
#include <sys/random.h>

#include "coder.h"

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

/* Bytes of the character at p, 0 if it is none. */
static size_t character(const unsigned char *p)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *p < 0x80 ? 1 : *p < 0xc0 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	uint32_t c = n < 2 ? *p : *p & (0x7f >> n);

	if (*p > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	return c < least[n] || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff ? 0 : n;
}

bool coder_is_utf8(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n;

	for (; *p; p += n) {
		n = character(p);
		if (!n)
			return false;
	}
	return true;
}
