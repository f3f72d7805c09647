"""What Slurm says of a job: asked in the background, so that a slow cluster holds nobody up."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import Literal

FRESH_S = 5.0
"""How long an answer counts as true; every run that is followed asks twice a second."""
PATIENCE_S = 1.0
"""How long the one who asks anew waits for the answer."""
ANSWER_LIMIT_S = 20.0
"""After which Slurm counts as silent."""

Phase = Literal["pending", "running", "gone", "silent"]

_PENDING = frozenset(
    {"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT"}
)
_RUNNING = frozenset(
    {"RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING"}
)

_WHY_PENDING = {
    "None": "its turn",
    "Priority": "its turn",
    "Resources": "free resources",
    "BeginTime": "the time of its next start",
    "Dependency": "another job to end",
    "JobHeldUser": "its release: it is held, see `scontrol release`",
    "JobHeldAdmin": "its release: an administrator holds it",
    "PartitionDown": "its partition, which is down",
    "PartitionInactive": "its partition, which is inactive",
    "PartitionTimeLimit": "another partition: this one does not give so much time",
    "PartitionNodeLimit": "another partition: this one does not have so much",
    "JobArrayTaskLimit": "others of its jobs to end",
}
"""What a job waits for, by Slurm's word for it; it follows the words "waiting for Slurm:"."""
_WHY_PENDING_PATTERNS = {
    r"(QOS|Assoc|MaxJobs|MaxCpu).*": "the limits of your account",
    r"ReqNodeNotAvail.*|.*Nodes required.*": "nodes that are not available",
}


@dataclass(frozen=True, slots=True)
class JobState:
    """What is known of a job."""

    phase: Phase
    """`gone` when Slurm has ended it or does not know it, `silent` when Slurm gives no answer."""
    waiting_for: str = ""
    asked_at: float = 0.0
    """Seconds since the epoch."""


class SlurmSilent(Exception):
    """Slurm gave no answer, or said no."""


def ask_slurm(*command: str) -> str:
    """What one of Slurm's programs prints.

    Raises:
        SlurmSilent: it is not there, failed, or took too long; the text is its last line.
    """
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=ANSWER_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        raise SlurmSilent(f"{command[0]} gave no answer in {ANSWER_LIMIT_S:g} s") from None
    except OSError as error:
        raise SlurmSilent(f"{command[0]} cannot be started ({error.strerror})") from None
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"{command[0]} ended with {done.returncode}"]
        raise SlurmSilent(lines[-1])
    return done.stdout


def ask_for(job: str) -> JobState:
    """The state of a job now; it takes as long as Slurm takes."""
    return _state_in(_ask_for_array(_array(job)), job)


Answer = dict[str, JobState] | None
"""What Slurm said of the jobs of one array that are not over; `None` when it said nothing."""


def _array(job: str) -> str:
    return job.partition("_")[0]


def _state_in(answer: Answer, job: str) -> JobState:
    return JobState("silent") if answer is None else answer.get(job, JobState("gone"))


def _ask_for_array(array: str) -> Answer:
    asked_at = time.time()
    try:
        answer = ask_slurm(
            "squeue", "--noheader", "--array", f"--jobs={array}", "--format=%i|%T|%P|%r"
        )
    except SlurmSilent as error:
        # The controller forgets a job some minutes after its end.
        return {} if "Invalid job id" in str(error) else None
    states: dict[str, JobState] = {}
    words: dict[tuple[str, str], str] = {}
    for line in answer.splitlines():
        job, word, partition, reason = (part.strip() for part in line.split("|", 3))
        if word in _PENDING:
            if (reason, partition) not in words:
                words[reason, partition] = _waiting_for(array, reason, partition)
            states[job] = JobState("pending", words[reason, partition], asked_at)
        elif word in _RUNNING:
            states[job] = JobState("running")
    return states


def _waiting_for(array: str, reason: str, partition: str) -> str:
    patterns = _WHY_PENDING_PATTERNS.items()
    matching = (words for pattern, words in patterns if re.fullmatch(pattern, reason))
    what = _WHY_PENDING.get(reason) or next(matching, reason)
    text = f"Slurm: {what}"
    ahead = _jobs_ahead(array, partition) if reason in ("Priority", "Resources") else 0
    return text + (f", {ahead} job{'s' if ahead > 1 else ''} ahead" if ahead else "")


def _jobs_ahead(array: str, partition: str) -> int:
    """How many jobs of the partition Slurm would start before; 0 when it does not say."""
    try:
        answer = ask_slurm(
            "squeue",
            "--noheader",
            f"--partition={partition}",
            "--states=PENDING",
            "--sort=-p,i",
            "--format=%F",
        )
    except SlurmSilent:
        return 0
    waiting = list(dict.fromkeys(answer.split()))
    return waiting.index(array) if array in waiting else 0


class QueueWatch:
    """Remembers what Slurm said; any number of threads may ask, none waits longer than a moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Answer]] = {}
        self._asking: set[str] = set()

    def state(self, job: str) -> JobState:
        """The newest answer about a job; `silent` until there is one."""
        array = _array(job)
        with self._lock:
            asked_s, answer = self._known.get(array, (-FRESH_S, None))
            is_fresh = time.monotonic() - asked_s < FRESH_S
            # Once all jobs of an array are over, they stay so.
            if is_fresh or answer == {} or array in self._asking:
                return _state_in(answer, job)
            self._asking.add(array)
        thread = threading.Thread(
            target=self._ask, args=(array,), name=f"squeue-{array}", daemon=True
        )
        thread.start()
        thread.join(PATIENCE_S)
        with self._lock:
            return _state_in(self._known.get(array, (0.0, answer))[1], job)

    def _ask(self, array: str) -> None:
        answer = _ask_for_array(array)
        with self._lock:
            self._known[array] = (time.monotonic(), answer)
            self._asking.discard(array)

    def forget(self, job: str) -> None:
        """What was known of the job is no longer true."""
        with self._lock:
            self._known.pop(_array(job), None)
