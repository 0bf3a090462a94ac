#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""csv_rows.py FILE - prints the rows of a CSV file as lists, a line each. What is not RFC 4180 is an error."""

import csv
import sys

with open(sys.argv[1], encoding="utf-8", newline="") as lines:
    for row in csv.reader(lines, strict=True):
        print(row)
