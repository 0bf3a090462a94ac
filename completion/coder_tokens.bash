# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# coder_tokens.bash - completion for token_create, token_list, token_view and token_rm.
#
# It is installed, under the name of each builtin, where the bash-completion package looks for it. To
# load it by hand: source coder_tokens.bash. It needs no package. The words come from a builtin, in
# this process: the first of them that is enabled reads the line, asks the deployment and remembers the
# response for a while. Nothing that was typed, or that a server sent, is evaluated.
#
#   CODER_TOKENS_COMPLETE_DESCRIPTIONS=0   the second TAB lists words without descriptions
#
# An alias completes like its value: with shopt -s progcomp_alias, or after
# complete -F _coder_tokens ALIAS, which this file does for all aliases that exist when it is loaded.

_coder_tokens_builtins=(token_create token_list token_rm token_view)

_coder_tokens() {
	# The user's shell options must neither trace nor end a completion.
	{
		local -
		set +eux
	} 2>/dev/null
	local _coder_tokens_hint='' _coder_tokens_builtin 2>/dev/null || return 0
	unset -v COMPREPLY 2>/dev/null
	for _coder_tokens_builtin in "${_coder_tokens_builtins[@]}"; do
		if builtin "$_coder_tokens_builtin" --complete "${COMP_LINE:0:COMP_POINT}" \
			--complete-after "${COMP_LINE:COMP_POINT}" \
			--complete-hint _coder_tokens_hint -v COMPREPLY 2>/dev/null; then
			break
		elif (($? != 1)); then # 1: it is not enabled
			return 0
		fi
	done
	[[ ! $_coder_tokens_hint ]] || compopt -o "$_coder_tokens_hint" 2>/dev/null || return 0
}

_coder_tokens_load() {
	local name builtin

	for builtin in "${_coder_tokens_builtins[@]}"; do
		complete -o nosort -F _coder_tokens "$builtin"
		for name in "${!BASH_ALIASES[@]}"; do
			[[ ${BASH_ALIASES["$name"]} =~ ^"$builtin"([[:blank:]]|$) ]] || continue
			complete -p -- "$name" &>/dev/null || complete -o nosort -F _coder_tokens -- "$name"
		done
	done
}
_coder_tokens_load
unset -f _coder_tokens_load
