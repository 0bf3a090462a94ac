# SPDX-License-Identifier: GPL-3.0-or-later
#
# man7.awk - makes the manual page coder_tokens(7) of Markdown pages: of docs/reference.md, without what
# the pages of the builtins say, and of docs/security.md. What it knows of Markdown is what they use:
# headings, paragraphs, lists, tables of two columns, blocks of code, `code` and links. The variable
# builtins holds the names of the builtins.

function text(s,    word) {
	gsub(/\\/, "\\e", s)
	gsub(/\\e[|]/, "|", s)
	gsub(/\\e\*/, "*", s)
	gsub(/-/, "\\-", s)
	gsub(/'/, "\\(aq", s)
	gsub(/\^/, "\\(ha", s)
	gsub(/~/, "\\(ti", s)
	while (match(s, /\[[^]]*\]\([^)]*\)/)) { # a link: its words
		word = substr(s, RSTART + 1, RLENGTH - 1)
		sub(/\]\(.*/, "", word)
		s = substr(s, 1, RSTART - 1) word substr(s, RSTART + RLENGTH)
	}
	while (match(s, /`[^`]*`/))
		s = substr(s, 1, RSTART - 1) "\\fB" substr(s, RSTART + 1, RLENGTH - 2) "\\fR" substr(s, RSTART + RLENGTH)
	return s ~ /^[.]/ ? "\\&" s : s
}

function paragraph() {
	if (words != "")
		print begin text(words)
	words = ""
	begin = ".PP\n"
}

function heading(macro, title) {
	paragraph()
	print macro " " (macro == ".SH" ? toupper(title) : title)
}

# list(LAST) - prints the names of the builtins' pages, one a line, and LAST behind them.
function list(last,    name, i, n) {
	n = split(builtins, name, " ")
	for (i = 1; i <= n; i++)
		print "\\fB" name[i] "\\fR(1)" (i < n || last ~ /^[^.]/ ? "," : ".")
	if (last != ".")
		print last
}

BEGIN {
	begin = ".PP\n"
	print ".TH CODER_TOKENS 7 \"\" \"coder_tokens\" \"Bash loadable builtins\""
	print ".nh\n.nr HY 0\n.ss 12 0\n.SH NAME"
	print "coder_tokens \\- API tokens of a Coder deployment, as Bash builtins"
	print ".SH DESCRIPTION\nThese builtins manage the API tokens of a Coder deployment, from inside the shell:"
	list(".")
	print "This page describes what they have in common."
}

/^```/ {
	paragraph()
	code = !code
	if (!skipped)
		print code ? ".PP\n.RS 4\n.nf" : ".fi\n.RE"
	next
}
code {
	if (!skipped)
		print text($0)
	next
}
/^# / { page++; title = substr($0, 3); begun = 0; next }
/^## / {
	paragraph()
	skipped = /^## token_/
	if (skipped)
		next
	# the sections of a later page are below its title
	if (page > 1 && !begun)
		heading(".SH", title)
	begun = 1
	heading(page > 1 ? ".SS" : ".SH", substr($0, 4))
	next
}
!begun || skipped { next } # what stands in front of the first section is about the page itself
/^### / {
	if (page == 1)
		heading(".SS", substr($0, 5))
	else {
		paragraph()
		print ".PP\n\\fI" text(substr($0, 5)) "\\fR"
	}
	next
}
/^<!--/ { paragraph(); next }
/^$/ { paragraph(); next }
/^[|] (---|variable|field|status|option|value|format)/ { next } # the header of a table
/^[|]/ {
	gsub(/\\[|]/, "\001")
	split($0, cell, / *[|] */)
	for (i = 2; i <= 3; i++)
		gsub(/\001/, "|", cell[i])
	print ".TP\n" (cell[2] ~ /`/ ? text(cell[2]) : "\\fB" text(cell[2]) "\\fR") "\n" text(cell[3])
	next
}
/^- / { paragraph(); begin = ".IP \\(bu 2\n"; words = substr($0, 3); next }
/^[0-9]+[.] / { paragraph(); begin = ".IP " $1 " 3\n"; words = substr($0, length($1) + 2); next }
{ sub(/^ +/, ""); words = words == "" ? $0 : words " " $0 }

END {
	paragraph()
	print ".SH SEE ALSO"
	list("\\fBbash\\fR(1)")
}
