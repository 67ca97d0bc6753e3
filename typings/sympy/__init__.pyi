# SymPy's own annotations call a symbol with an index an error, and a sum of symbols a `Basic`
# without operators. Here it is untyped; what is checked is how the library passes it on.
from typing import Any

class Basic:
    def __getattr__(self, name: str, /) -> Any: ...

def __getattr__(name: str) -> Any: ...
