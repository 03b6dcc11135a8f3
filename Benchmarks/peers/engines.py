"""Engines as child processes: the ones that wait for work, and the ones that are started for every round."""

import json
import os
import selectors
import shlex
import subprocess
import tempfile
import time


class EngineError(Exception):
    """An engine could not be started or measured; the message says which and why."""


class WaitingEngine:
    """A process that loads once and measures whenever a number of runs is written to it (see worker.py)."""

    def __init__(self, name, command, environment, time_limit):
        self.name = name
        self.command = command
        self.time_limit = time_limit
        self.pending = b""
        self.errors = tempfile.TemporaryFile()
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, env=environment)
        except OSError as error:
            raise EngineError(f"{name}: cannot start {command[0]}: {error.strerror}") from error
        self.process_id = self.process.pid
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)

    def wait_until_ready(self):
        if (line := self._read_line()) != "ready":
            raise EngineError(f"{self.name}: said {line!r} instead of 'ready'")

    def measure(self, runs):
        try:
            self.process.stdin.write(f"{runs}\n".encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            raise EngineError(f"{self.name}: has ended\n{self._last_errors()}") from None
        return checked_milliseconds(self.name, self._read_line(), runs)

    def close(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _read_line(self):
        deadline = time.monotonic() + self.time_limit
        while b"\n" not in self.pending:
            if not self.selector.select(max(0, deadline - time.monotonic())):
                raise EngineError(f"{self.name}: no answer in {self.time_limit} s\n{self._last_errors()}")
            if not (read := os.read(self.process.stdout.fileno(), 65536)):
                raise EngineError(f"{self.name}: has ended\n{self._last_errors()}")
            self.pending += read
        line, self.pending = self.pending.split(b"\n", 1)
        return line.decode().strip()

    def _last_errors(self):
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").splitlines()[-5:]
        return "\n".join([f"  {shlex.join(self.command)}", *(f"  | {line}" for line in lines)])


class StartedEngine:
    """A command that is started for every turn and prints one JSON object with a median, `denseMilliseconds`.

    `{runs}` in it is replaced. Its processor caches and pages are colder than those of a waiting engine, and only
    its own median is seen, so that comparisons are less exact.
    """

    def __init__(self, name, command, environment, time_limit, key):
        self.name, self.command, self.environment = name, command, environment
        self.time_limit, self.key = time_limit, key
        # Unknown from outside: how disturbed a turn was cannot be told.
        self.process_id = None

    def wait_until_ready(self):
        self.measure(1)

    def measure(self, runs):
        command = [part.replace("{runs}", str(runs)) for part in self.command]
        try:
            result = subprocess.run(
                command, env=self.environment, timeout=self.time_limit, capture_output=True, text=True)
        except OSError as error:
            raise EngineError(f"{self.name}: cannot start {command[0]}: {error.strerror}") from error
        except subprocess.TimeoutExpired:
            raise EngineError(f"{self.name}: no answer in {self.time_limit} s: {shlex.join(command)}") from None
        try:
            milliseconds = json.loads(result.stdout)[self.key]
        except (ValueError, KeyError, TypeError):
            raise EngineError(
                f"{self.name}: no JSON object with {self.key!r}, status {result.returncode}\n"
                f"  {shlex.join(command)}\n  | {result.stderr.strip()[-500:]}") from None
        # The first of the turn is dropped by the caller; the command warms up by itself.
        return checked_milliseconds(self.name, json.dumps([milliseconds] * 2), 2)

    def close(self):
        pass


def checked_milliseconds(name, line, count):
    try:
        milliseconds = [float(value) for value in json.loads(line)]
    except (ValueError, TypeError):
        raise EngineError(f"{name}: said {line!r} instead of a JSON array of milliseconds") from None
    if len(milliseconds) != count or not all(0 < value < float("inf") for value in milliseconds):
        raise EngineError(f"{name}: gave {milliseconds} for {count} runs")
    return milliseconds
