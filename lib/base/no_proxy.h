/* SPDX-License-Identifier: GPL-3.0-or-later */
/* no_proxy.h - which requests bypass a proxy. */
#ifndef CODER_NO_PROXY_H
#define CODER_NO_PROXY_H

#include <stdbool.h>

/*
 * Whether requests to the deployment at url bypass a proxy that the environment names: the host is
 * this machine (localhost, 127.0.0.0/8, ::1), or is in the list no_proxy. The list may be NULL. It
 * is read as libcurl reads it.
 */
bool coder_proxy_bypassed(const char *url, const char *no_proxy);

#endif
