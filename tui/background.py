"""Blocking calls beside the screen: in threads of their own that never keep the program from ending."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns, or raises, having run in a daemon thread.

    `asyncio.to_thread` is not used: its threads are waited for at the end, so that a server that does not answer would
    keep the shell's prompt away after Quit. Work that writes must therefore be safe to be cut off, as all of it is.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def settle(result: T | None, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(result)  # type: ignore[arg-type]  # None only where T is None

    def body() -> None:
        result: T | None = None
        error: BaseException | None = None
        try:
            result = context.run(work, *args, **kwargs)
        except BaseException as raised:  # handed on to whoever awaits
            error = raised
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:
            # the loop is closed: the program has ended and nobody waits
            return

    threading.Thread(target=body, name=f"handsync-{getattr(work, '__name__', 'work')}", daemon=True).start()
    return await answer
