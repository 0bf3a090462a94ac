# SPDX-License-Identifier: GPL-3.0-or-later
"""How a Go server writes and reads JSON, durations, times, quoted text, UUIDs and booleans.

The real server is written in Go, and clients see its habits: which characters the JSON encoder
escapes, what the decoder reports about a bad body, how `%q` quotes a name.  Everything here is
pure and knows nothing of tokens.
"""

import json
import re
from datetime import datetime, timedelta, timezone

INT64_MAX = (1 << 63) - 1
INT64_MIN = -(1 << 63)

# ---------------------------------------------------------------------------------------------
# JSON, outgoing

_JSON_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028"}
_JSON_ESCAPES["\u2029"] = "\\u2029"
_JSON_SPECIAL = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


def json_text(value) -> str:
    """The compact encoding of Go's json.Encoder with HTML escaping, without the newline.

    `<`, `>`, `&` and the two Unicode line separators are escaped, other non-ASCII characters are
    not, and what is not valid Unicode becomes U+FFFD.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if _JSON_SPECIAL.search(text):
        text = _JSON_SPECIAL.sub(lambda m: _JSON_ESCAPES.get(m.group(), "\ufffd"), text)
    return text


def json_body(value) -> bytes:
    return json_text(value).encode() + b"\n"


# ---------------------------------------------------------------------------------------------
# JSON, incoming


class SyntaxProblem(Exception):
    """A text that the decoder refuses; str() is the decoder's own wording."""


class Number(str):
    """A number as it was written: whether it must be an int64 depends on its field."""


class Pairs(list):
    """An object as (key, value) pairs in order.  The last of duplicate keys counts; the order
    decides which error is reported."""


def _quote_char(char: str) -> str:
    if char == "'":
        return "'\\''"
    if char == '"':
        return "'\"'"
    return "'" + quote(char)[1:-1] + "'"


class _Parser:
    _NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
    _SPACE = " \t\r\n"

    def __init__(self, text: str):
        self.text = text
        self.at = 0

    def bad(self, context: str):
        if self.at >= len(self.text):
            raise SyntaxProblem("unexpected EOF")
        char = _quote_char(self.text[self.at])
        raise SyntaxProblem(f"invalid character {char} {context}")

    def space(self):
        while self.at < len(self.text) and self.text[self.at] in self._SPACE:
            self.at += 1

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def value(self, depth=0):
        if depth > 10000:
            raise SyntaxProblem("exceeded max depth")
        self.space()
        char = self.peek()
        if char == "{":
            return self.object(depth)
        if char == "[":
            return self.array(depth)
        if char == '"':
            return self.string()
        for word, meaning in (("true", True), ("false", False), ("null", None)):
            if char == word[0]:
                return self.literal(word, meaning)
        if char == "-" or char.isdigit() and char.isascii():
            return self.number()
        self.bad("looking for beginning of value")

    def literal(self, word, meaning):
        for n, char in enumerate(word):
            if self.peek() != char:
                self.bad(f"in literal {word} (expecting {_quote_char(char)})")
            self.at += 1
        return meaning

    def number(self):
        match = self._NUMBER.match(self.text, self.at)
        if not match:
            self.at += 1
            self.bad("in numeric literal")
        self.at = match.end()
        rest = self.peek()
        if rest == ".":
            self.at += 1
            self.bad("after decimal point in numeric literal")
        if rest and rest in "eE":
            self.at += 1
            if self.peek() and self.peek() in "+-":
                self.at += 1
            self.bad("in exponent of numeric literal")
        return Number(match.group())

    def string(self):
        out = []
        self.at += 1
        while True:
            char = self.peek()
            if char == '"':
                self.at += 1
                return _join_surrogates("".join(out))
            if char == "" or ord(char) < 0x20:
                self.bad("in string literal")
            if char != "\\":
                out.append("\ufffd" if 0xD800 <= ord(char) <= 0xDFFF else char)
                self.at += 1
                continue
            self.at += 1
            escape = self.peek()
            if escape and escape in '"\\/bfnrt':
                out.append(dict(zip('"\\/bfnrt', '"\\/\b\f\n\r\t'))[escape])
                self.at += 1
            elif escape == "u":
                self.at += 1
                code = 0
                for _ in range(4):
                    digit = self.peek()
                    if not digit or digit not in "0123456789abcdefABCDEF":
                        self.bad("in \\u hexadecimal character escape")
                    code = code * 16 + int(digit, 16)
                    self.at += 1
                out.append(chr(code))
            else:
                self.bad("in string escape code")

    def array(self, depth):
        out = []
        self.at += 1
        self.space()
        if self.peek() == "]":
            self.at += 1
            return out
        while True:
            out.append(self.value(depth + 1))
            self.space()
            if self.peek() == "]":
                self.at += 1
                return out
            if self.peek() != ",":
                self.bad("after array element")
            self.at += 1

    def object(self, depth):
        out = Pairs()
        self.at += 1
        self.space()
        if self.peek() == "}":
            self.at += 1
            return out
        while True:
            self.space()
            if self.peek() != '"':
                self.bad("looking for beginning of object key string")
            key = self.string()
            self.space()
            if self.peek() != ":":
                self.bad("after object key")
            self.at += 1
            out.append((key, self.value(depth + 1)))
            self.space()
            if self.peek() == "}":
                self.at += 1
                return out
            if self.peek() != ",":
                self.bad("after object key:value pair")
            self.at += 1


def _join_surrogates(text: str) -> str:
    """Escaped surrogate pairs become one character, lone halves U+FFFD."""
    if not re.search("[\ud800-\udfff]", text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def parse_json(body: bytes):
    """The first JSON value of a body; what follows it is ignored, as Go's Decoder does."""
    parser = _Parser(body.decode("utf-8", "surrogateescape"))
    parser.space()
    if parser.at >= len(parser.text):
        raise SyntaxProblem("EOF")
    try:
        return parser.value()
    except RecursionError:
        raise SyntaxProblem("exceeded max depth") from None


def kind_of(value) -> str:
    """What Go's decoder calls a JSON value in its type errors."""
    if isinstance(value, Number):
        return "number"
    if isinstance(value, Pairs):
        return "object"
    if isinstance(value, list):
        return "array"
    return "bool" if isinstance(value, bool) else "string"


# ---------------------------------------------------------------------------------------------
# Text, numbers, times


_QUOTE_ESCAPES = dict(zip('\a\b\f\n\r\t\v\\"', ["\\" + c for c in 'abfnrtv\\"']))


def quote(text: str) -> str:
    """strconv.Quote, which is also `%q`."""
    out = []
    for char in text:
        code = ord(char)
        if char in _QUOTE_ESCAPES:
            out.append(_QUOTE_ESCAPES[char])
        elif char == " " or char.isprintable():
            out.append(char)
        elif code < 0x20 or code == 0x7F:
            out.append(f"\\x{code:02x}")
        else:
            out.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return '"' + "".join(out) + '"'


def parse_bool(text: str):
    """strconv.ParseBool: True, False, or None for anything else."""
    if text in ("1", "t", "T", "TRUE", "true", "True"):
        return True
    if text in ("0", "f", "F", "FALSE", "false", "False"):
        return False
    return None


_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6}
_UNITS.update({"s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9})
_DURATION_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")


def parse_duration(text: str) -> int:
    """time.ParseDuration, in nanoseconds.  Raises ValueError for what that refuses."""
    body = text[1:] if text[:1] in ("-", "+") else text
    if body == "0":
        return 0
    total, at = 0, 0
    while at < len(body):
        match = _DURATION_PART.match(body, at)
        if not match:
            raise ValueError(f"time: invalid duration {quote(text)}")
        whole, _, fraction = match.group(1).partition(".")
        unit = _UNITS[match.group(2)]
        total += int(whole or 0) * unit
        if fraction:
            total += int(fraction) * unit // 10 ** len(fraction)
        at = match.end()
    if not body or total > INT64_MAX:
        raise ValueError(f"time: invalid duration {quote(text)}")
    return -total if text[0] == "-" else total


def format_duration(ns: int) -> str:
    """time.Duration.String: `168h0m0s`, `1m0s`, `1.5s`, `300ms`."""
    if ns == 0:
        return "0s"
    sign, ns = ("-", -ns) if ns < 0 else ("", ns)
    for unit, size in (("ns", 1), ("µs", 10**3), ("ms", 10**6)):
        if ns < size * 1000:
            whole, rest = divmod(ns, size)
            digits = f"{rest:0{len(str(size)) - 1}d}".rstrip("0") if size > 1 else ""
            return f"{sign}{whole}{'.' + digits if digits else ''}{unit}"
    seconds, rest = divmod(ns, 10**9)
    digits = f"{rest:09d}".rstrip("0")
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    out = f"{seconds}{'.' + digits if digits else ''}s"
    if hours or minutes:
        out = f"{minutes}m{out}"
    return sign + (f"{hours}h{out}" if hours else out)


_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_YEAR_ONE = -62135596800 * 10**6


def _calendar(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=max(us, _YEAR_ONE))


def _fraction(us: int) -> str:
    rest = us % 10**6
    return "." + f"{rest:06d}".rstrip("0") if rest else ""


def rfc3339(us: int) -> str:
    """Microseconds since 1970 as Go's JSON writes a UTC time, without trailing zeros."""
    t = _calendar(us)
    return (
        f"{t.year:04d}-{t.month:02d}-{t.day:02d}T{t.hour:02d}:{t.minute:02d}:{t.second:02d}"
        f"{_fraction(us)}Z"
    )


def time_string(us: int) -> str:
    """time.Time.String of a UTC time, as the text of an expired key has it."""
    return rfc3339(us)[:-1].replace("T", " ") + " +0000 UTC"


_HEX32 = re.compile(r"[0-9a-fA-F]{32}")
_HYPHENATED = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def parse_uuid(text: str):
    """google/uuid's Parse: (canonical text, None) or (None, error).

    Takes the canonical form, 32 digits, a URN, and any two characters around a canonical form.
    """
    size = len(text.encode("utf-8", "surrogateescape"))
    core = text
    if size == 36 + 9:
        if text[:9].lower() != "urn:uuid:":
            return None, f"invalid urn prefix: {quote(text[:9])}"
        core = text[9:]
    elif size == 36 + 2:
        core = text[1:-1]
    elif size == 32:
        if not _HEX32.fullmatch(text):
            return None, "invalid UUID format"
        low = text.lower()
        return "-".join((low[:8], low[8:12], low[12:16], low[16:20], low[20:])), None
    elif size != 36:
        return None, f"invalid UUID length: {size}"
    if not _HYPHENATED.fullmatch(core):
        return None, "invalid UUID format"
    return core.lower(), None
