# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# coder_tokens.bash - completion for token_create, token_list, token_view and token_rm.
#
# Installed as a file per builtin where the bash-completion package looks for them, or loaded by
# hand: source coder_tokens.bash. Needs no package. The words come from token_list itself, in this
# process: it takes the line apart, asks the deployment and remembers what it said for a while.
# Nothing that was typed, or that a server sent, is evaluated.
#
#   CODER_TOKENS_COMPLETE_DESCRIPTIONS=0   lists on the second TAB without descriptions
#
# An alias completes like what it stands for: with shopt -s progcomp_alias, or with
# complete -F _coder_tokens ALIAS, as this file does for those there are when it is loaded.

_coder_tokens() {
	# Whatever the user's shell traces or stops at, completion does not.
	{
		local -
		set +eux
	} 2>/dev/null
	local _coder_tokens_hint='' 2>/dev/null || return 0
	unset -v COMPREPLY 2>/dev/null
	builtin token_list --complete "${COMP_LINE:0:COMP_POINT}" --complete-after "${COMP_LINE:COMP_POINT}" \
		--complete-hint _coder_tokens_hint -v COMPREPLY 2>/dev/null || return 0
	[[ ! $_coder_tokens_hint ]] || compopt -o "$_coder_tokens_hint" 2>/dev/null || return 0
}

_coder_tokens_load() {
	local name builtin

	for builtin in token_create token_list token_rm token_view; do
		complete -o nosort -F _coder_tokens "$builtin"
		for name in "${!BASH_ALIASES[@]}"; do
			[[ ${BASH_ALIASES["$name"]} =~ ^"$builtin"([[:blank:]]|$) ]] || continue
			complete -p -- "$name" &>/dev/null || complete -o nosort -F _coder_tokens -- "$name"
		done
	done
}
_coder_tokens_load
unset -f _coder_tokens_load
