/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reply.h - hands responses to an exchange of the library, with their headers, as libcurl does. */
#ifndef REPLY_H
#define REPLY_H

#include <stdbool.h>

#include "deployment.h"
#include "net/transfer.h"

/* Hands over a whole response, and sets how the exchange has ended. front: it is not Coder's. */
void reply_give(struct transfer_exchange *x, const struct response *response, bool front,
		bool html);
/* The same for an error response of something in front of the deployment, a page or JSON. */
void reply_give_front(struct transfer_exchange *x, int status, bool html);
/* The same for an error response of Coder. */
void reply_give_coders(struct transfer_exchange *x, int status);
/*
 * Breaks a success: a 204 becomes a 200 with a body; any other body is cut, and so is its
 * Content-Length.
 */
void reply_break(struct response *response);

#endif
