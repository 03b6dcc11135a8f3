"""How much of the processors other programs took while an engine was measured (Linux; elsewhere unknown).

Disturbed turns are not only slow, they are unfair: an engine whose threads spin at barriers loses many times more
than one whose threads sleep, so that medians over a busy machine rank engines by how they wait.
"""

import os
import time

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
# The kernel counts processor time in ticks. At the ends of a turn at most this number of them is miscounted.
UNCERTAIN_TICKS = 3


class Turn:
    """The time from making this until `others_share()`."""

    def __init__(self, process_id):
        self.process_id = process_id
        self.start = self._counters()

    def others_share(self):
        """The share of all processors' time that went to other programs, from 0 to 1; None where unknown."""
        end = self._counters()
        if self.start is None or end is None:
            return None
        seconds, busy_ticks, own_ticks = (e - s for s, e in zip(self.start, end))
        others = max(0, busy_ticks - own_ticks - UNCERTAIN_TICKS)
        return others / (seconds * TICKS_PER_SECOND * os.cpu_count())

    def _counters(self):
        try:
            with open("/proc/stat") as file:
                user, nice, system, _, _, irq, softirq, steal = map(int, file.readline().split()[1:9])
            with open(f"/proc/{self.process_id}/stat") as file:
                # The name in parentheses may hold spaces; user and system time are fields 14 and 15.
                fields = file.read().rsplit(")", 1)[1].split()
        except (OSError, ValueError, IndexError):
            return None
        return time.monotonic(), user + nice + system + irq + softirq + steal, int(fields[11]) + int(fields[12])
