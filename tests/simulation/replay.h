/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay.h - holds the simulated deployment to the recordings of a real one. */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdbool.h>

/*
 * Sends the recorded requests for users and tokens to the simulated deployment, and compares its
 * responses with the recorded ones. Prints the differences. False: there is one, or there are no
 * recordings.
 */
bool replay(int *ret_compared);

#endif
