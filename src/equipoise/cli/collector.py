"""How often a command looks for cyclic garbage."""

import atexit
import gc


def spare_collector() -> None:
    """Look seldom: a command makes much that stays and few cycles.

    By default the collector walks over the imported modules and the growing trial again and again, a tenth of a
    rehearsal's time; and as often when the command ends, a third of a second with everything loaded, though the memory
    is about to be given back whole.  What is left at the end is therefore not looked through.
    """
    gc.set_threshold(100_000, 20, 20)
    atexit.register(gc.freeze)
