"""A file's code without its comments, and its comments without its code, line by line as they stand."""

import io
import re
import tokenize

from waybill_check import cpp_text


def parts_of(file):
    """The file's code and its comments, each with the other and all literals blanked."""
    if file.kind == "cpp":
        parts = cpp_text.split(file.text)
        return parts.code, parts.comments
    if file.kind == "python":
        return _python_parts(file.text)
    if file.kind in ("cmake", "shell"):
        return _hash_parts(file.text)
    if file.kind in ("sql", "proto"):
        return "", file.text
    return "", ""


def _hash_parts(text):
    """A '#' at the beginning of a word begins a comment; quotes are not followed over lines."""
    code, comments = [], []
    for line in text.split("\n"):
        bare = re.sub(r"\"(?:\\.|[^\"\\])*\"|'[^']*'", lambda quoted: "_" * len(quoted.group(0)), line)
        match = re.search(r"(?:^|(?<=\s))#", bare)
        at = match.start() if match else len(line)
        code.append(line[:at])
        comments.append(line[at:])
    return "\n".join(code), "\n".join(comments)


def _python_parts(text):
    lines = text.split("\n")
    code = [list(line) for line in lines]
    comments = [""] * len(lines)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type not in (tokenize.COMMENT, tokenize.STRING):
                continue
            (first, begin), (last, end) = token.start, token.end
            if token.type == tokenize.COMMENT:
                comments[first - 1] = token.string
            for row in range(first - 1, last):
                left = begin if row == first - 1 else 0
                right = end if row == last - 1 else len(code[row])
                code[row][left:right] = " " * (right - left)
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return "", ""  # the scripts rule says so
    return "\n".join(map("".join, code)), "\n".join(comments)
