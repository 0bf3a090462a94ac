/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complete.h - completion: a call of any builtin whose first word is --complete.
 * completion/coder_tokens.bash hands over the command line as it stands and
 * gets an array of ready-to-insert words, in this process: no fork, no output.
 * What was typed is taken apart here and never evaluated.
 *
 *   line.c    what has been typed, and which part of it readline replaces
 *   words.c   the words that could stand there
 *   targets.c of them, the entries of an allow list
 *   cache.c   what the server said, for a while
 *   readline.c  the words as readline wants them, or a person
 *   complete.c         the whole, from the option tables
 */
#ifndef COMPLETE_H
#define COMPLETE_H

#include "base/buf.h"
#include "coder.h"
#include "options/opts.h"
#include "session/session.h"

/* Whether the words of a call begin with --complete: then it is for complete_run(). */
bool complete_is_meant(const char *const *words, size_t n);

/*
 * Completes a command line and assigns the words that could stand at its cursor. commands: those
 * that lines may begin with, NULL-terminated. reserved: a variable that commands do not assign.
 * Prints nothing. Asks the server only if the word's place wants it. interrupts end it early.
 */
int complete_run(const struct opts_command *const *commands, const char *reserved,
		 const char *const *words, size_t n, struct coder_interrupts *interrupts,
		 struct coder_error *err);

/* ---------------------------------------------------------------- server */

/* The deployment that a line is about. */
struct server {
	struct session_options session;
	struct coder_client *client; /* NULL until something is asked */
};

/* Opens the client, unless that has been done. */
int server_open(struct server *server, struct coder_error *err);

/* ------------------------------------------------------------------ line */

/* A command line as the shell would split it, up to operators and expansions. */
struct line {
	struct coder_strings words; /* without quotes; the one at the cursor is left out */
	bool *opaque; /* of words: has an expansion in it, so that nobody knows its value */
	size_t at; /* how many of words stand before the cursor */
	char *word; /* the word at the cursor, up to there */
	bool word_opaque;
	bool redirection; /* the word is the target of one */
	size_t head; /* bytes at the begin of word that readline leaves alone */
	char quote; /* ' or " where the cursor stands inside of one, else 0 */
};

void line_done(struct line *line);
/* breaks: readline's word breaks, $COMP_WORDBREAKS. Returns 0 or -1 (no memory). */
int line_read(struct line *line, const char *before, const char *after, const char *breaks,
	      struct coder_error *err);
/*
 * The line before the cursor with its first word expanded if that is an alias, as
 * bash does it: each alias once, so that it ends even if aliases refer to each
 * other. Heap; NULL: no memory.
 */
char *line_expand_aliases(const char *before, struct coder_error *err);
/*
 * Appends text so that the shell reads it back as it is, for a place inside of
 * quote (0: outside of quotes) and, if first, at the begin of a word. false: it
 * cannot stand there (control characters inside of quotes), or no memory.
 */
bool line_quote(struct buf *out, const char *text, char quote, bool first);

/* ----------------------------------------------------------------- words */

/* A word that could stand at the cursor. */
struct word {
	char *text; /* the whole value, without what stands before it in its word */
	char *note; /* for a person, or NULL */
	bool open; /* goes on: no blank after it */
};
struct words {
	struct word *v;
	size_t n, cap;
};

/* What is wanted. */
struct wanted {
	struct server
		*server; /* NULL: not to be asked, as the line says where in ways unknown here */
	const char *reserved; /* a variable that is not offered */
	enum opts_value kind;
	const struct opts_option *option; /* NULL: an operand */
	const char *prefix; /* what the words begin with */
	bool notes; /* they will be shown */
	const char *user; /* --user of the line, else "me"; NULL: nobody knows */
	bool unexpired; /* expired tokens are of no use */
	const struct coder_strings *given; /* values that stand there already */
};

void words_done(struct words *words);
/* Appends text if it begins with the prefix and is not given; note is formatted if wanted. */
int words_add(struct words *words, const struct wanted *wanted, const char *text, const char *note,
	      struct coder_error *err);
/* Sorts the words from one on and removes repeats among them. */
void words_sort(struct words *words, size_t from);
/* All words of that kind. What the server does not say in time is left out. */
int words_fill(struct words *words, const struct wanted *wanted, struct coder_error *err);
/* The same for entries of an allow list. */
int words_fill_targets(struct words *words, const struct wanted *wanted, struct coder_error *err);
/* cache_ask(), if the server may be asked. owner, name: NULL, whatever it be. */
const struct coder_objects *words_ask(const struct wanted *wanted, const char *what,
				      const char *owner, const char *name);

/* ---------------------------------------------------------------- answer */

/*
 * The words as readline inserts them in place of what it replaces of the word
 * at the cursor. value_at: where in it the value begins that they complete.
 */
int answer_words(const struct line *line, size_t value_at, const struct words *words,
		 struct coder_strings *ret, struct coder_error *err);
/* The words for a person, with their notes, each so long that it gets a line of the terminal. */
int answer_list(const struct words *words, struct coder_strings *ret, struct coder_error *err);

/* ----------------------------------------------------------------- cache */

/*
 * Asks through the cache: objects of a resource type, or "token" (name, id,
 * note and in owner the second of coder_clock() in which it expires, INT64_MAX:
 * none), "scope" (name), "lifetime" (the longest one, as name, in nanoseconds). NULL: no answer. The answer belongs to
 * the cache and stays until the next question.
 */
const struct coder_objects *cache_ask(struct server *server, const char *what,
				      const struct coder_query *query);
/* Whether cache_ask() would answer without asking a server. */
bool cache_knows(struct server *server, const char *what, const struct coder_query *query);

#endif
