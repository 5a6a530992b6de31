# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands show while they work: a bar with rate and time left on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from .batch import Done, Event, Fault, Planned, Warned, Working

# where there is no terminal, a line this often shows that it lives
LINE_INTERVAL_S = 10.0


class RateColumn(ProgressColumn):
    """Jobs a minute, or nothing before the first."""

    def render(self, task: Task) -> Text:
        """The rate over the last jobs."""
        return Text("" if not task.speed else f"{task.speed * 60:.1f}/min")


class _Display:
    """Base: a bar on stderr if that is a terminal."""

    def __init__(self, columns: tuple[ProgressColumn, ...]) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bar = Progress(*columns, console=self._console, disable=not self._console.is_terminal, transient=True)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def say(self, text: str) -> None:
        """One line above the bar."""
        self._console.print(text, markup=False)


class JobDisplay(_Display):
    """One job: what happens, how far it is, and how long it still takes."""

    def __init__(self) -> None:
        super().__init__((TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()))
        self._task = self._bar.add_task("Starting the engine", total=1.0)
        self._text = ""

    def progress(self, fraction: float, text: str) -> None:
        """Show progress; without a terminal each new step is a line."""
        self._bar.update(self._task, completed=fraction, description=text)
        if not self._console.is_terminal and text != self._text:
            self.say(text)
        self._text = text


class BatchDisplay(_Display):
    """A batch: jobs done of all, rate, time left; every fault and warning is a line that stays."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), RateColumn())
        super().__init__((*columns, TimeRemainingColumn()))
        self._task = self._bar.add_task("Starting", total=None)
        self._last_line = time.monotonic()

    def hear(self, event: Event) -> None:
        """Show one event of `run_batch`."""
        if isinstance(event, Planned):
            self._bar.reset(self._task, total=event.total, completed=event.finished)
            kept = f", {event.finished} of them done before" if event.finished else ""
            self.say(f"{event.total} jobs{kept}.")
        elif isinstance(event, Working):
            self._bar.update(self._task, description=f"{event.name[:24]}: {event.text}")
        elif isinstance(event, Warned):
            self.say(f"{event.name}: {event.text}")
        elif isinstance(event, Fault):
            self.say(f"Line {event.line}{f' ({event.name})' if event.name else ''}: {event.text}")
        if isinstance(event, (Done, Fault)):
            self._bar.update(self._task, completed=event.finished)
            self._show_line(event)

    def _show_line(self, event: Event) -> None:
        now = time.monotonic()
        if not sys.stderr.isatty() and (now - self._last_line > LINE_INTERVAL_S or event.finished == event.total):
            self._last_line = now
            self.say(f"{event.finished} of {event.total} jobs.")
