"""One training on several GPUs: a process for each, which average their gradients.

`train_together` starts the processes (ranks) and speaks for them. Rank 0 has its events written by
it, so that a run's events have one writer; every rank ends with it, however it ends. Ultralytics'
own way is not gone: it deletes the folder of the training, pickles our callbacks, installs a
package for that, and leaves the ranks running when their parent is killed.
"""

from __future__ import annotations

import json
import os
import pickle
import selectors
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tui_detect.core.errors import RunFailed
from tui_detect.vision.attempt import Attempt
from tui_detect.vision.environment import usable_cores
from tui_detect.vision.events import EventKind, EventSink
from tui_detect.vision.failures import LOG_HINT, explain, ran_out_of_memory
from tui_detect.vision.run_folder import RunFolder
from tui_detect.vision.stopping import StopSwitch

RANK_COMMAND = (sys.executable, "-P", "-m", "tui_detect.vision.distributed")
STOP_POLL_S = 0.5
CHANNEL = "TUI_DETECT_RANK_CHANNEL"
"""Environment variable with the number of the open socket to the parent."""
HERE = "127.0.0.1"


def shared_batch(batch: int, ranks: int) -> int:
    """The largest batch up to that size with as many pictures for each rank, at least one."""
    return max(batch // ranks, 1) * ranks


def train_together(
    attempt: Attempt, events: EventSink, stop: StopSwitch, command: Sequence[str] = RANK_COMMAND
) -> None:
    """Train with one rank on each of the device's GPUs, until all have ended.

    Raises:
        RuntimeError: the memory of a GPU was too small for the batch.
        RunFailed: a rank failed or was killed; the message says which, and why.
    """
    indices, run = attempt.device.indices, _run_folder(attempt)
    with _store() as port, _ranks(attempt, port, command) as ranks:
        running = selectors.DefaultSelector()
        for rank in ranks:
            running.register(rank.channel, selectors.EVENT_READ, rank)
        while running.get_map():
            if stop.requested():
                # Rank 0 looks for it at the end of an epoch, and tells the others.
                run.request_stop()
            for key, _ in running.select(STOP_POLL_S):
                rank = key.data
                if not rank.receive(events):
                    running.unregister(rank.channel)
                    if rank.process.wait() != 0:
                        raise RunFailed(
                            f"the process of GPU {indices[rank.number]} was ended from outside "
                            f"({_cause(rank.process.returncode)})",
                            "resume the run; if it happens again, the memory of the machine may "
                            f"be too small for several GPUs; {LOG_HINT}",
                        )
                if rank.failure is not None:
                    raise rank.failure


def _run_folder(attempt: Attempt) -> RunFolder:
    return RunFolder(attempt.part.path.parents[1])


@dataclass(slots=True)
class _Rank:
    """A rank's process, as its parent sees it."""

    number: int
    process: subprocess.Popen[bytes]
    channel: socket.socket
    failure: Exception | None = None
    _pending: bytearray = field(default_factory=bytearray)

    def receive(self, events: EventSink) -> bool:
        """Take in what it sent; whether more may come."""
        try:
            content = self.channel.recv(1 << 16)
        except ConnectionResetError:
            return False
        self._pending += content
        *lines, self._pending = self._pending.split(b"\n")
        for line in lines:
            self._take(json.loads(line), events)
        return bool(content)

    def _take(self, message: dict[str, Any], events: EventSink) -> None:
        if "kind" in message:
            events.write(message["kind"], **message["data"])
            self.channel.send(b"\n")
        elif message["out_of_memory"]:
            self.failure = RuntimeError(f"out of memory: {message['message']}")
        else:
            self.failure = RunFailed(message["message"], message["hint"])

    def end(self) -> None:
        """See to it that the process is gone."""
        self.process.kill()
        self.process.wait()
        self.channel.close()
        if self.process.stdin is not None:
            self.process.stdin.close()


def _cause(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


@contextmanager
def _store() -> Iterator[int]:
    """Where the ranks find each other: a port of this machine, open before they start."""
    from torch.distributed import TCPStore

    store = TCPStore(HERE, 0, is_master=True, wait_for_workers=False)
    yield store.port
    del store


@contextmanager
def _ranks(attempt: Attempt, port: int, command: Sequence[str]) -> Iterator[list[_Rank]]:
    count = len(attempt.device.indices)
    order = pickle.dumps(attempt)
    started: list[_Rank] = []
    try:
        for number in range(count):
            started.append(_start(number, _environment(number, count, port), command))
            stdin = started[-1].process.stdin
            assert stdin is not None, "it was asked for"
            # It stays open: its end tells the rank that nobody minds it any more.
            stdin.write(order)
            stdin.flush()
        yield started
    finally:
        for rank in started:
            rank.end()


def _start(number: int, environment: Mapping[str, str], command: Sequence[str]) -> _Rank:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            env={**environment, CHANNEL: str(theirs.fileno())},
            pass_fds=[theirs.fileno()],
        )
    return _Rank(number, process, ours)


def _environment(number: int, count: int, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "RANK": str(number),
        "LOCAL_RANK": str(number),
        "WORLD_SIZE": str(count),
        "MASTER_ADDR": HERE,
        "MASTER_PORT": str(port),
        # The words of torch's own launcher for: the store is there, do not open one.
        "TORCHELASTIC_USE_AGENT_STORE": "True",
        "OMP_NUM_THREADS": str(max(usable_cores() // count, 1)),
    }


# --- in a rank ------------------------------------------------------------------------------


class ParentEvents:
    """Has events written by the parent, in the place of an `EventWriter`."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._lock = threading.Lock()

    def write(self, kind: EventKind, **data: object) -> None:
        """Append one event; it is in the file when this returns."""
        with self._lock:
            self.send({"kind": kind, "data": data})
            if not self._channel.recv(1):
                os._exit(1)

    def send(self, message: Mapping[str, object]) -> None:
        """Tell the parent something."""
        self._channel.sendall(json.dumps(message, default=str).encode() + b"\n")


def main() -> int:
    """Be one rank of a training: what it is, the environment says; what to do, the parent."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # A cluster sends them to every process of a job; what they mean is for the parent to say.
        signal.signal(number, signal.SIG_IGN)
    attempt: Attempt = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    events = ParentEvents(socket.socket(fileno=int(os.environ[CHANNEL])))
    try:
        import torch

        from tui_detect.vision.trainer import follow, lead

        if os.environ["RANK"] == "0":
            lead(attempt, events, StopSwitch(_run_folder(attempt)))
        else:
            follow(attempt)
        torch.distributed.destroy_process_group()
    except BaseException as error:
        traceback.print_exc()
        message, hint = explain(error)
        memory = ran_out_of_memory(error)
        events.send({"message": message, "hint": hint, "out_of_memory": memory})
        # Its end would look like a failure to the others, and theirs like the cause.
        threading.Event().wait()
    return 0


def _end_with_parent() -> None:
    # Not through `sys.stdin`, whose lock would be held when the interpreter ends.
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
