"""The pictures of the book, a module for each chapter: one function a figure, each with the alt
text that tells what to see. `_style` holds the style once.
"""

from importlib.util import find_spec

if find_spec("matplotlib") is None:
    raise ModuleNotFoundError("xentlib.figures needs the extra book: pip install 'xentlib[book]'")
