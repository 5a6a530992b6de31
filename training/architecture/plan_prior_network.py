# SPDX-License-Identifier: GPL-3.0-or-later
"""A small recurrent network that tells how a floor is cut, token by token: a prior of floor plans.

Gated recurrent units (K. Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, 2014) over the tokens
of `plan_tokens`; what does not lead to a whole plan is never told. Shape letters: N rows, T tokens.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from ...core.architecture.plan_patterns import packed
from ...core.architecture.plan_problem import Problem
from ...core.architecture.plan_trees import Trees
from ...core.fixed_threads import fixed_threads
from .plan_tokens import NUM_CONDITIONS, NUM_STATE, NUM_TOKENS, conditions_of, cuts_from, kinds_of, new_rows

HIDDEN, EMBEDDED, DROPPED = 128, 24, 0.1
# before the first token, and what stands after the last one
BEGIN, NOTHING = NUM_TOKENS, -1
# below 1 the likely is told more often
WARMTH = 0.7


class PlanPriorNetwork(nn.Module):
    """Tokens given conditions (N, NUM_CONDITIONS), the tokens before (N, T) and what is to come (N, T, NUM_STATE)."""

    def __init__(self, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.look = nn.Sequential(
            nn.Linear(NUM_CONDITIONS, hidden), nn.GELU(), nn.Dropout(DROPPED), nn.Linear(hidden, hidden), nn.GELU()
        )
        self.begin = nn.Linear(hidden, hidden)
        self.embed = nn.Embedding(NUM_TOKENS + 1, EMBEDDED)
        self.tell = nn.GRU(EMBEDDED + NUM_STATE + hidden, hidden, batch_first=True)
        self.choose = nn.Sequential(nn.Dropout(DROPPED), nn.Linear(hidden, NUM_TOKENS))

    def forward(
        self, seen: torch.Tensor, before: torch.Tensor, state: torch.Tensor, memory: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits (N, T, NUM_TOKENS) and the memory (1, N, H) after them; `seen` (N, H) is what `look` gives."""
        told = torch.cat([self.embed(before), state, seen[:, None].expand(-1, before.shape[1], -1)], -1)
        hidden, memory = self.tell(told, memory)
        return self.choose(hidden), memory

    def loss(
        self, conditions: torch.Tensor, tokens: torch.Tensor, state: torch.Tensor, allowed: torch.Tensor
    ) -> torch.Tensor:
        """Mean surprise, in nats, at tokens (N, T), NOTHING after the last; `allowed` (N, T, NUM_TOKENS)."""
        seen = self.look(conditions)
        before = functional.pad(tokens[:, :-1], (1, 0), value=BEGIN)
        before = torch.where(before == NOTHING, BEGIN, before)
        logits, _ = self(seen, before, state, self.begin(seen)[None])
        logits = logits.masked_fill(~allowed, -1e9)
        return functional.cross_entropy(logits.flatten(0, 1), tokens.flatten(), ignore_index=NOTHING)


@torch.no_grad()
def proposed_tokens(
    network: PlanPriorNetwork, problem: Problem, count: int, random: np.random.Generator, warmth: float = WARMTH
) -> np.ndarray:
    """(count, 2 M - 1) int64 rows of tokens of whole plans by chance (the Gumbel-max trick)."""
    rows, steps = new_rows(kinds_of(problem), count), 2 * problem.count - 1
    told, before = np.empty((count, steps), np.int64), np.full(count, BEGIN)
    with fixed_threads(torch.device("cpu")):
        seen = network.look(torch.from_numpy(conditions_of(problem).numbers)[None]).expand(count, -1)
        memory = network.begin(seen)[None].contiguous()
        for step in range(steps):
            state = torch.from_numpy(rows.state())[:, None]
            logits, memory = network(seen, torch.from_numpy(before)[:, None], state, memory)
            wish = logits[:, 0].double().numpy() / warmth + random.gumbel(size=(count, NUM_TOKENS))
            before = np.where(rows.allowed(), wish, -np.inf).argmax(1)
            rows.tell(before)
            told[:, step] = before
    return told


def proposals(network: PlanPriorNetwork, problem: Problem, count: int, random: np.random.Generator) -> Trees:
    """`count` trees that a search may begin with; `network` is in evaluation mode."""
    kinds = kinds_of(problem)
    told = proposed_tokens(network, problem, count, random)
    return packed([cuts_from(row, kinds, random) for row in told], problem.count, random)
