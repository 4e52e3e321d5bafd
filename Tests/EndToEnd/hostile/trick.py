# SPDX-License-Identifier: Apache-2.0
"""The list of tricks. One is a function that plays it; where it yields, the service screens, restarts and screens again."""
import collections

ALL = []
EVERY = ("keep", "archive", "delete")
CLEARING = ("archive", "delete")

Trick = collections.namedtuple("Trick", "name play modes patience")


def trick(name, modes=EVERY, patience=15):
    """patience: seconds that all its pictures may take to their verdicts, in the end."""

    def enlist(play):
        ALL.append(Trick(name, play, modes, patience))
        return play

    return enlist
