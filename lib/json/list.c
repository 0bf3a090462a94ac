/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list.c - splits an array that arrives in pieces into its elements; see list.h. */
#include <string.h>

#include "broken.h"
#include "list.h"
#include "scan.h"

enum list_state {
	LIST_START, /* before the document */
	LIST_FIRST_MEMBER, /* after "{" of the object that has the key: a member or the end */
	LIST_MEMBER, /* after ",": a member */
	LIST_MEMBER_END, /* after a member */
	LIST_KEY, /* in the name of a member */
	LIST_COLON, /* after that name */
	LIST_SKIP, /* in the value of another member */
	LIST_VALUE, /* before the array */
	LIST_NULL, /* in the word null, list->matched letters of it seen */
	LIST_FIRST, /* after "[": an element or the end */
	LIST_NEXT, /* after ",": an element */
	LIST_ELEMENT,
	LIST_END, /* after the document */
};

static const char null_word[] = "null";

void json_list_done(struct json_list *list)
{
	if (list)
		buf_done(&list->element);
}

void json_list_restart(struct json_list *list)
{
	buf_reset(&list->element);
	list->state = LIST_START;
	list->depth = 0;
	list->in_string = list->escaped = list->found = false;
	list->matched = 0;
}

/* The state after the array. */
static enum list_state after_array(const struct json_list *list)
{
	return list->key ? LIST_MEMBER_END : LIST_END;
}

/*
 * Moves *ret to the byte that ends the element and returns true, or moves it to end and returns
 * false.
 */
static bool find_end(struct json_list *list, const char **ret, const char *end)
{
	const char *p = *ret;

	for (; p < end; p++) {
		if (list->escaped)
			list->escaped = false;
		else if (list->in_string && *p == '\\')
			list->escaped = true;
		else if (*p == '"')
			list->in_string = !list->in_string;
		else if (list->in_string)
			continue;
		else if (!list->depth && (*p == ',' || *p == ']' || *p == '}'))
			break;
		else if (*p == '{' || *p == '[')
			list->depth++;
		else if (*p == '}' || *p == ']')
			list->depth--;
	}
	*ret = p;
	return p < end;
}

/*
 * Reads an element in place. Returns 1, or 0 if it is incomplete or broken: then feed_element()
 * collects its text, and finds what is wrong.
 */
static int take_in_place(struct json_list *list, const char **p, const char *end,
			 struct coder_error *err)
{
	const char *q = *p;
	size_t len = json_scan_begin(q, (size_t)(end - q), list->keys, list->n_keys, list->values);

	for (q += len; q < end && json_is_blank(*q); q++)
		;
	if (!len || q == end || (*q != ',' && *q != ']') || (size_t)(q - *p) > JSON_ELEMENT_MAX)
		return 0;
	list->state = *q == ',' ? LIST_NEXT : after_array(list);
	*p = q + 1;
	return list->fn(list->ctx, list->values, err) < 0 ? -1 : 1;
}

/* Takes what belongs to the element, or to the value of another member, up to its end. */
static int feed_element(struct json_list *list, const char **p, const char *end,
			struct coder_error *err)
{
	const struct buf *text = &list->element;
	const char *start = *p;
	bool ended = find_end(list, p, end), skip = list->state == LIST_SKIP;

	if (list->element.len + (size_t)(*p - start) > JSON_ELEMENT_MAX)
		return coder_error_set(
			err, CODER_ERR_NO_RESPONSE,
			"broken response: an element of a list is larger than 1 MiB");
	if (!buf_add(&list->element, start, (size_t)(*p - start)))
		return coder_error_memory(err);
	if (!ended)
		return 0;
	if (**p == (skip ? ']' : '}'))
		return json_refuse(err, "a bracket that does not match");
	if (skip)
		list->state = LIST_MEMBER_END; /* the byte that ended the value is read next */
	else
		list->state = *(*p)++ == ',' ? LIST_NEXT : after_array(list);
	if (json_members(text->data, text->len, list->keys, skip ? 0 : list->n_keys, list->values,
			 err) < 0 ||
	    (!skip && list->fn(list->ctx, list->values, err) < 0))
		return -1;
	buf_reset(&list->element);
	return 0;
}

/*
 * Takes a byte of a member's name. Its last byte decides whether the array or another value
 * follows.
 */
static int feed_key(struct json_list *list, char c, struct coder_error *err)
{
	struct buf *name = &list->element;

	if (list->escaped || c != '"') {
		list->escaped = !list->escaped && c == '\\';
		/* a name that is longer than the key is not kept whole: it cannot be the key */
		if (name->len <= strlen(list->key) && !buf_add_char(name, c))
			return coder_error_memory(err);
		return 0;
	}
	list->matched =
		name->len == strlen(list->key) && memcmp(name->data, list->key, name->len) == 0;
	if (list->matched && list->found)
		return json_duplicate(err, list->key);
	list->found |= list->matched;
	list->state = LIST_COLON;
	buf_reset(name);
	return 0;
}

/* Takes a byte between the members of the object that has the key. */
static int feed_members(struct json_list *list, char c, struct coder_error *err)
{
	if (list->state == LIST_COLON && c == ':')
		list->state = list->matched ? LIST_VALUE : LIST_SKIP;
	else if ((list->state == LIST_FIRST_MEMBER || list->state == LIST_MEMBER) && c == '"')
		list->state = LIST_KEY;
	else if ((list->state == LIST_FIRST_MEMBER || list->state == LIST_MEMBER_END) && c == '}')
		list->state = LIST_END;
	else if (list->state == LIST_MEMBER_END && c == ',')
		list->state = LIST_MEMBER;
	else
		return json_refuse(err, "a member was expected");
	return 0;
}

/* Takes the first byte of the document, or of the key's value. */
static int feed_start(struct json_list *list, char c, struct coder_error *err)
{
	if (list->key && list->state == LIST_START) {
		list->state = LIST_FIRST_MEMBER;
		return c == '{' ? 0 : json_refuse(err, "an object was expected");
	}
	if (c != '[' && c != 'n')
		return json_refuse(err, "a list was expected");
	list->state = c == '[' ? LIST_FIRST : LIST_NULL;
	list->matched = 1;
	return 0;
}

/*
 * Takes a byte outside of elements. At the beginning of an element, takes the whole element if it
 * can be read in place, otherwise nothing.
 */
static int feed_outside(struct json_list *list, const char **p, const char *end,
			struct coder_error *err)
{
	char c = *(*p)++;

	if (list->state == LIST_NULL) {
		if (c != null_word[list->matched++])
			return json_refuse(err, "an unknown word");
		if (!null_word[list->matched])
			list->state = after_array(list);
	} else if (json_is_blank(c)) {
		return 0;
	} else if (list->state == LIST_START || list->state == LIST_VALUE) {
		return feed_start(list, c, err);
	} else if (list->state == LIST_END) {
		return json_refuse(err, "text follows its end");
	} else if (list->state == LIST_FIRST && c == ']') {
		list->state = after_array(list);
	} else if (list->state == LIST_FIRST || list->state == LIST_NEXT) {
		list->state = LIST_ELEMENT;
		(*p)--;
		if (take_in_place(list, p, end, err) < 0)
			return -1;
	} else {
		return feed_members(list, c, err);
	}
	return 0;
}

int json_list_feed(struct json_list *list, const char *data, size_t len, struct coder_error *err)
{
	const char *p = data, *end = data + len;

	while (p < end) {
		int r;

		if (list->state == LIST_ELEMENT || list->state == LIST_SKIP)
			r = feed_element(list, &p, end, err);
		else if (list->state == LIST_KEY)
			r = feed_key(list, *p++, err);
		else
			r = feed_outside(list, &p, end, err);
		if (r < 0)
			return -1;
	}
	return 0;
}

int json_list_end(struct json_list *list, struct coder_error *err)
{
	if (list->state == LIST_END && list->key && !list->found)
		return json_missing(err, list->key);
	if (list->state == LIST_END)
		return 0;
	return json_refuse(err, list->state == LIST_START ? "it is empty" : "it ends early");
}
