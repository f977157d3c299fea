"""Long work in worker processes: bounded in memory, results as they come."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from functools import cache, partial
from itertools import islice
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 4
"""Items a worker may have before it: enough never to wait, few enough never to pile up."""


def run_parallel(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int | None = None
) -> Iterator[tuple[Item, Result]]:
    """Call a function on each item in worker processes; gives (item, result) as they come.

    No more items are taken than the workers will soon need, and no result is kept, so that
    memory does not grow with the number of items. The processes are spawned, not forked: the
    caller may have threads (a progress bar has one).

    Args:
        function: a function of a module, which a worker can import.
        items: whatever can be sent to a process.
        workers: how many processes; None takes one for each core.

    Raises:
        Exception: whatever the function raised, from the first item that failed.
    """
    count = workers or os.cpu_count() or 1
    source = iter(items)
    work = partial(_call, function)
    with ProcessPoolExecutor(count, get_context("spawn"), initializer=_follow_parent) as pool:
        running: dict[Future[Result], Item] = {}
        try:
            for item in islice(source, count * AHEAD):
                running[pool.submit(work, item)] = item
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    finished = running.pop(future)
                    for item in islice(source, 1):
                        running[pool.submit(work, item)] = item
                    yield finished, future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _call(function: Callable[[Item], Result], item: Item) -> Result:
    result = function(item)
    _set_aside()
    return result


@cache
def _set_aside() -> None:
    """Once, after its first item: no collection need look again at what this worker has loaded.

    With music21 loaded, looking takes a fifth of the time that a chart takes (measured).
    """
    gc.collect()
    gc.freeze()


def _follow_parent() -> None:
    """Let this worker end with the program that started it, also where that one is killed."""
    Thread(target=_outlive_nobody, daemon=True).start()


def _outlive_nobody() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
