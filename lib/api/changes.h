/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * changes.h - counts the requests that change something. Responses that are older than such a
 * request may be out of date.
 */
#ifndef CODER_CHANGES_H
#define CODER_CHANGES_H

/*
 * The number of such requests of this process and its child processes. Counting begins with the
 * first call of this function.
 */
unsigned coder_changes(void);

/* Counts one such request. */
void changes_count(void);

#endif
