"""Declared commands: frozen dataclasses named by the protocol's verbs, each known by one name."""

import dataclasses
import types
from collections.abc import Callable, Mapping
from typing import TypeVar

C = TypeVar("C")

_commands: dict[str, type] = {}


def command(name: str) -> Callable[[type[C]], type[C]]:
    """Declare a frozen dataclass as the command `name`: the word that the permission table and the log use."""

    def declare(cls: type[C]) -> type[C]:
        assert dataclasses.is_dataclass(cls), f"{cls.__name__} must be a dataclass"
        assert name not in _commands, f"command {name} is declared twice"
        _commands[name] = cls
        cls.command_name = name  # type: ignore[attr-defined]  # read back by `command_name`, never by rooms
        return cls

    return declare


def command_name(value: object) -> str:
    """The declared name of a command or of its class."""
    name: str = value.command_name  # type: ignore[attr-defined]  # set by `command`; anything else is our bug
    return name


def declared_commands() -> Mapping[str, type]:
    """All commands that are declared by the rooms imported so far, by name."""
    return types.MappingProxyType(_commands)
