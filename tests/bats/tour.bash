# SPDX-License-Identifier: GPL-3.0-or-later
# tour.bash - what `make demo` has beyond the sandbox's demo seed, so that all that README.md, docs/ and
# the help show works there: a workspace, tokens of every age, and an API token to act with. Sourced
# after helper.bash; the tests that try examples use it, too.

# For sandbox_start: the examples need tokens that live longer than the server's default allows.
TOUR_OPTIONS=(--seed demo --max-admin-lifetime 8760h)

# tour - adds all that and sets TOUR_TOKEN to the token to act with, which is admin's.
tour() {
	local dev limits
	dev=$(ctl POST workspaces '{"owner": "admin", "name": "dev"}' | grep -oE '[0-9a-f]{8}(-[0-9a-f]+){4}')
	limits='"scopes": ["workspace:read", "template:read"], "allow_list": ["template:*", "workspace:'$dev'"]'
	TOUR_TOKEN=$(ctl POST tokens '[
		{"owner": "admin", "name": "demo", "created_ago_s": 3600, "last_used_ago_s": 60, "expires_in_s": 2592000},
		{"owner": "admin", "name": "old", "created_ago_s": 8640000, "last_used_ago_s": 172800,
			"expires_in_s": 5184000, '"$limits"'},
		{"owner": "admin", "name": "deploy", "created_ago_s": 2332800, "last_used_ago_s": 3600,
			"expires_in_s": 259200, '"$limits"'},
		{"owner": "admin", "name": "ci-1234", "created_ago_s": 172800, "expires_in_s": 432000, '"$limits"'},
		{"owner": "admin", "name": "old-laptop", "created_ago_s": 25920000, "last_used_ago_s": 17280000,
			"expires_in_s": 5616000},
		{"owner": "admin", "name": "forgotten", "created_ago_s": 10368000, "expires_in_s": 21168000,
			"scopes": ["user:read"], "allow_list": ["user:*"]},
		{"owner": "admin", "name": "last-year", "created_ago_s": 31968000, "last_used_ago_s": 8640000,
			"expires_in_s": -432000},
		{"owner": "alice", "name": "phone", "created_ago_s": 13824000, "last_used_ago_s": 12960000,
			"expires_in_s": 17280000},
		{"owner": "bob", "name": "jenkins", "created_ago_s": 864000, "last_used_ago_s": 3600,
			"expires_in_s": 129603600}]' | grep -oE '"key":"[^"]*' | head -n 1 | cut -d '"' -f 4)
}
