"""Blocking calls beside the screen."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from tui.background import in_thread


async def test_gives_what_the_call_gives_or_raises() -> None:
    assert await in_thread(lambda: threading.current_thread().daemon) is True
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0)


async def test_passes_arguments_on() -> None:
    assert await in_thread(divmod, 7, 2) == (3, 1)


def test_a_call_that_hangs_does_not_keep_the_program() -> None:
    program = (
        "import asyncio, time\n"
        "from tui.background import in_thread\n"
        "async def main():\n"
        "    asyncio.create_task(in_thread(time.sleep, 60))\n"
        "    await asyncio.sleep(0.05)\n"
        "asyncio.run(main())\n"
    )
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], timeout=30, capture_output=True, text=True, check=False)
    assert time.monotonic() - started < 20
    assert done.returncode == 0, done.stderr
