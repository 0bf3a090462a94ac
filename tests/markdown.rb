# SPDX-License-Identifier: GPL-3.0-or-later
#
# markdown.rb - the style of our Markdown files, for mdl (make lint).
all
# tables are as wide as they must be
exclude_rule 'MD013'
# takes \* in a table for emphasis
exclude_rule 'MD037'
rule 'MD029', :style => :ordered
# blocks of code have fences
rule 'MD046', :style => :fenced
