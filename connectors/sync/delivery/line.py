"""The line of batches: while one is being sent, the next is made ready."""

import time
from contextlib import ExitStack
from dataclasses import dataclass

from connectors.prima.port import Prima
from connectors.sync import claims
from connectors.sync.context import Context
from connectors.sync.delivery.batch import Batch
from connectors.sync.delivery.senders import Senders
from connectors.sync.orders.world_loader import WorldCache

AHEAD_SECONDS = 5.0
"""No order waits longer between its checks and its turn: a slow batch is followed step by step."""


@dataclass(slots=True)
class Line:
    """Works off what is due of one flow."""

    context: Context
    prima: Prima
    senders: Senders
    cache: WorldCache
    flow: str
    _is_quick: bool = True

    def work_off(self) -> None:
        """Raises the error for which the flow has to stop calling Prima."""
        batch = None if self.context.is_over() else self._next()
        while batch is not None:
            with ExitStack() as unless_it_goes_on:
                unless_it_goes_on.callback(_put_back, batch)
                self._work(batch)
                if batch.end is not None and not self.context.stopping.is_set():
                    raise batch.end
                if self.context.is_over():
                    return
                unless_it_goes_on.pop_all()
            batch = batch.following or self._next()

    def _work(self, batch: Batch) -> None:
        """Its outcomes are stored even when the next one cannot be made ready."""
        begun = time.monotonic()
        batch.send()
        try:
            if self._is_quick and not self.context.is_over():
                batch.following = self._next(clear=True)
        finally:
            batch.finish()
        self._is_quick = time.monotonic() - begun < AHEAD_SECONDS
        self.context.beat()

    def _next(self, *, clear: bool = False) -> Batch | None:
        """A batch that is ready to be sent; None when nothing is due."""
        context = self.context
        size = context.setting.batch_size
        claim = claims.take(self.flow, context.owner, size, context.only, clear=clear)
        if not claim.items:
            return None
        batch = Batch(context, self.prima, self.senders, self.cache, claim)
        batch.prepare()
        return batch


def _put_back(batch: Batch) -> None:
    """What was made ready behind this batch waits again."""
    if batch.following is not None:
        batch.following.put_back(batch.end)
