"""What may stand in a log line: the kind of a fault, and nothing that was in hand."""

import logging


class Bare(logging.Filter):
    """A log line names the kind of fault and never what was in hand: no traceback, no values (L18)."""

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        record.msg = f"{record.levelname} {record.name} {kind}".rstrip()
        record.args, record.exc_info, record.exc_text, record.stack_info = (), None, None, None
        return True
