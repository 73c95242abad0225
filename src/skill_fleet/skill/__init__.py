"""What a skill is: its name, its text with line positions, its folder.

Needs a YAML parser and, once a body is read as Markdown, a CommonMark parser; nothing else.
"""
