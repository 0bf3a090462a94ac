/* SPDX-License-Identifier: GPL-3.0-or-later */
/* changes.h - how often deployments were asked to change something: older responses are out of date. */
#ifndef CODER_CHANGES_H
#define CODER_CHANGES_H

/*
 * How often this process and its subshells have asked a deployment to change
 * something. Counting begins with the first call of this function.
 */
unsigned coder_changes(void);

/* Counts one such request. */
void changes_count(void);

#endif
