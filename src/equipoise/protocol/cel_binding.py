"""CEL's compiler, without the interactive shell that its package loads beside it: a fifth of a second in every command.

`import cel` runs the package's own `__init__`, which imports its command line and with it a terminal toolkit.  Only the
compiled extension is needed here, and it is registered under its own name, so that a later `import cel` shares it.
"""

import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import TYPE_CHECKING

_NAME = "cel.cel"


def _load() -> ModuleType:
    package = find_spec("cel")
    spec = PathFinder.find_spec(_NAME, package.submodule_search_locations) if package else None
    if spec is None or spec.loader is None:
        raise ImportError(f"the extension {_NAME} is not installed", name=_NAME)
    module = module_from_spec(spec)
    sys.modules[_NAME] = module
    spec.loader.exec_module(module)
    return module


if TYPE_CHECKING:
    import cel
else:
    cel = sys.modules.get(_NAME) or _load()

__all__ = ["cel"]
