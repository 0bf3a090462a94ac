/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain_parts.h - the parts of an explanation; for the files explain*.c. */
#ifndef EXPLAIN_PARTS_H
#define EXPLAIN_PARTS_H

#include "base/buf.h"
#include "coder.h"

/* Appends a line to the text and frees it. It is escaped, because a server sent the names in it. */
bool explain_end_line(struct buf *line, struct buf *out);
/* Whether an earlier entry names the same object: "*:<id>" may be there beside "workspace:<id>". */
bool explain_is_repeated(const struct coder_holding *holding, const struct coder_held *held);

/* Appends a line on a goal if the token reaches it. */
bool explain_can(const struct coder_holding *holding, const struct coder_ability *ability,
		 struct buf *out);
/* Appends a line about a goal that is near, for each set of objects for which it lacks the same. */
bool explain_lacks(const struct coder_holding *holding, const struct coder_ability *ability,
		   size_t near, struct buf *out);
/*
 * Returns how many scopes and entries a goal may lack and still be near, that is, listed under
 * "lacks": 2 for goals for which the token has objects (objects is true), 1 for the others. If the
 * token reaches no goal, the limit is raised, so that at least the nearest of these goals is listed.
 */
size_t explain_near(const struct coder_ability *abilities, size_t n, bool objects);

/* Appends the scopes that no reached goal uses, in one line if they apply to the same entries. */
int explain_scopes(const struct coder_holding *holding, const struct coder_ability *abilities,
		   size_t n, struct buf *out, struct coder_error *err);

#endif
