"""A refusal: what a person is told when a step is not allowed.  Shown without a traceback."""


class Refusal(Exception):  # noqa: N818  # a refusal is no error: it is what a rule says to a person
    """A step that the rules of the trial do not allow.

    `rule` is the clause, `sentence` says what is wrong, `remedy` says what to do next.  Neither text ever holds a
    participant's value or anything that depends on the allocation.
    """

    def __init__(self, rule: str, sentence: str, remedy: str = "") -> None:
        super().__init__(f"{sentence} {remedy}".strip())
        self.rule = rule
        self.sentence = sentence
        self.remedy = remedy

    def __reduce__(self) -> tuple[type["Refusal"], tuple[str, str, str]]:
        return Refusal, (self.rule, self.sentence, self.remedy)
