"""Exercises that check themselves: what a reader puts in place of the dots is held against what is
computed here. Each chapter's module has its exercises, in the order of the chapter.
"""
