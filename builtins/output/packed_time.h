/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packed_time.h - times of a server in eight bytes. */
#ifndef PACKED_TIME_H
#define PACKED_TIME_H

#include <stdint.h>

/*
 * Packs a time that coder_time_parse() accepts into a number, from which time_unpack() makes
 * exactly the same text. Returns 0 if that cannot be done: the zone is not Z, or the fraction is
 * more exact than a microsecond.
 */
uint64_t time_pack(const char *text);
void time_unpack(uint64_t packed, char out[28]);

#endif
