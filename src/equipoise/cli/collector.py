"""How often a command looks for cyclic garbage."""

import gc


def spare_collector() -> None:
    """Look seldom: a command makes much that stays and few cycles.

    By default the collector walks over the imported modules and the growing trial again and again, a tenth of a
    rehearsal's time.
    """
    gc.set_threshold(100_000, 20, 20)
