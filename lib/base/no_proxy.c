/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * no_proxy.c - which requests bypass a proxy.
 *
 * libcurl could read the list itself, but its releases differ in how they do that.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "ascii.h"
#include "no_proxy.h"
#include "text.h"
#include "url.h"

/*
 * Whether an entry "ADDRESS" or "ADDRESS/BITS" contains the address. 0 bits mean all of them, as
 * in libcurl.
 */
static bool address_listed(int family, const unsigned char *address, const char *entry)
{
	const size_t len = family == AF_INET ? 4 : 16;
	const char *slash = strchrnul(entry, '/');
	unsigned char listed[16];
	char text[INET6_ADDRSTRLEN];
	size_t bytes = len, rest = 0;

	if ((size_t)(slash - entry) >= sizeof(text))
		return false;
	if (*slash) {
		int64_t bits = coder_decimal(slash + 1, strlen(slash + 1), (int64_t)(8 * len));

		if (bits < 0)
			return false;
		bytes = bits ? (size_t)bits / 8 : len;
		rest = (size_t)bits % 8;
	}
	snprintf(text, sizeof(text), "%.*s", (int)(slash - entry), entry);
	if (inet_pton(family, text, listed) != 1)
		return false;
	return memcmp(address, listed, bytes) == 0 &&
	       (!rest || ((address[bytes] ^ listed[bytes]) & (0xff << (8 - rest)) & 0xff) == 0);
}

/* "example.com", with or without a dot at either end, also lists www.example.com. */
static bool name_listed(const char *name, const char *entry)
{
	size_t name_len = strlen(name), len = strlen(entry);

	name_len -= name_len && name[name_len - 1] == '.';
	len -= len && entry[len - 1] == '.';
	if (len && *entry == '.') {
		entry++;
		len--;
	}
	if (len > name_len || !ascii_same(name + name_len - len, entry, len))
		return false;
	return len == name_len || name[name_len - len - 1] == '.';
}

/*
 * A list "*" contains every host. Otherwise its entries are separated by commas, or by blanks as
 * before libcurl 8.0.
 */
bool coder_proxy_bypassed(const char *url, const char *no_proxy)
{
	static const char separators[] = ", \t";
	char host[URL_HOST_SIZE], entry[URL_HOST_SIZE + 4];
	unsigned char address[16];
	struct url_parts parts;
	int family = 0;

	if (!url_split(url, &parts) || !url_host(&parts, host))
		return false;
	if (url_is_loopback(host) || (no_proxy && strcmp(no_proxy, "*") == 0))
		return true;
	if (inet_pton(AF_INET, host, address) == 1)
		family = AF_INET;
	else if (inet_pton(AF_INET6, host, address) == 1)
		family = AF_INET6;
	for (const char *p = no_proxy; p && *(p += strspn(p, separators));) {
		size_t len = strcspn(p, separators);
		bool listed;

		snprintf(entry, sizeof(entry), "%.*s", (int)len, p);
		listed = family ? address_listed(family, address, entry) : name_listed(host, entry);
		/* an entry that is longer than any host cannot name one */
		if (listed && len < sizeof(entry))
			return true;
		p += len;
	}
	return false;
}
