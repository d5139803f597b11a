"""Entropies of known distributions, and the split of a synthetic job whose inputs and chance are known."""

import math

import numpy as np
import pytest

from sim.study.entropy import _unseen, chao_wang_jost, coverage, entropy, split


def bits(share):
    share = np.asarray(share)[np.asarray(share) > 0]
    return float(-(share * np.log2(share)).sum())


def test_estimator_by_hand():
    # Counts 2 and 1 of n = 3: sum x/n (H(2) - H(x-1)) = 2/3 * (1.5 - 1) + 1/3 * 1.5 = 5/6; f1 = 1, f2 = 1,
    # A = 2 / (2 + 2) = 1/2: (1/3) * (1/2)^-2 * (log 2 - 1/2 - 1/8).
    nats = 5 / 6 + 4 / 3 * (math.log(2) - 0.625)
    assert chao_wang_jost([2, 1]) == pytest.approx(nats / math.log(2))
    assert chao_wang_jost([9]) == 0
    assert chao_wang_jost([1]) == 0


@pytest.mark.parametrize(
    ("n", "once", "twice"), [(4_000, 30, 1), (4_000, 30, 280), (4_000, 30, 303), (4_000, 30, 340), (50, 9, 0)]
)
def test_the_unseen_is_the_series_it_stands_for(n, once, twice):
    a = 2 * twice / ((n - 1) * once + 2 * twice) if twice else 2 / ((n - 1) * (once - 1) + 2)
    j = np.arange(1, int(60 / a))
    series = once / n * math.fsum((1 - a) ** j / (n - 1 + j))
    assert _unseen(n, once, twice) == pytest.approx(series, rel=1e-5)


@pytest.mark.parametrize(
    ("weights", "bias"),
    [([1] * 4, 0.02), ([0.5**k for k in range(1, 12)], 0.05), ([1 / k for k in range(1, 31)], 0.05)],
)
def test_nearly_unbiased_where_the_plug_in_is_not(weights, bias):
    # 1,500 samples of 50; the standard error of the mean is below 0.012 bit.
    share = np.array(weights) / np.sum(weights)
    samples = np.random.default_rng(11).multinomial(50, share, size=1_500)
    assert abs(np.mean([chao_wang_jost(row) for row in samples]) - bits(share)) < bias + 0.012
    assert bits(share) - np.mean([bits(row / 50) for row in samples[:300]]) > 0.03


def test_coverage_is_the_share_of_probability_seen():
    rng = np.random.default_rng(12)
    share = 1 / np.arange(1, 101)
    share /= share.sum()
    samples = rng.multinomial(80, share, size=800)
    truth = np.array([share[row > 0].sum() for row in samples])
    guess = np.array([coverage(row) for row in samples])
    assert abs((guess - truth).mean()) < 0.01
    assert coverage([5, 7]) == 1
    assert coverage([1]) == 0


def test_entropy_intervals_cover():
    # 600 jobs of 1,000 runs; nominal 0.95, four standard errors are 0.036.
    share = np.array([0.4, 0.25, 0.15, 0.1, 0.05, 0.03, 0.02])
    samples = np.random.default_rng(13).multinomial(1_000, share, size=600)
    inside = [e.low <= bits(share) <= e.high for e in map(entropy, samples)]
    assert abs(np.mean(inside) - 0.95) < 0.036


def test_one_outcome_seen_is_not_certainty():
    only = entropy([1_000])
    assert (only.value, only.low) == (0, 0)
    assert 0.02 < only.high < 0.05  # an outcome of odds 0.0038 could have been missed


def synthetic(width, kinds, jobs, seed, draws=40, replicates=50, runs=2_000):
    """Jobs in which an input u, uniform on 0..1, moves a bell of this width over outcomes; with the truth."""
    rng = np.random.default_rng(seed)
    u = (np.arange(2_000) + 0.5) / 2_000
    given = np.exp(-(((np.arange(kinds) - u[:, None] * (kinds - 1)) / width) ** 2) / 2)
    given /= given.sum(axis=1, keepdims=True)
    total, chance = bits(given.mean(axis=0)), float(np.mean([bits(row) for row in given]))
    for _ in range(jobs):
        mine = given[rng.integers(0, u.size, runs)].cumsum(axis=1)
        whole = np.bincount((mine > rng.random((runs, 1))).argmax(axis=1), minlength=kinds)
        nested = [rng.multinomial(replicates, given[draw]) for draw in rng.integers(0, u.size, draws)]
        yield split(whole, nested), total, chance


@pytest.mark.parametrize(("width", "kinds"), [(1.0, 4), (2.0, 16), (0.2, 16)])
def test_split_finds_the_known_shares(width, kinds):
    # 150 jobs; intervals are nominally 95 % and were found to cover 0.92 to 0.96: four standard errors below
    # 0.92 is 0.83. The mean error of the split must be within 0.03 bit.
    good, errors = [], []
    for found, total, chance in synthetic(width, kinds, 150, 14):
        good.append(
            [
                found.total.low <= total <= found.total.high,
                found.chance.low <= chance <= found.chance.high,
                found.inputs.low <= total - chance <= found.inputs.high,
            ]
        )
        errors.append([found.chance.value - chance, found.inputs.value - (total - chance)])
        assert not found.undersampled
    assert np.all(np.mean(good, axis=0) > 0.83)
    assert np.all(np.abs(np.mean(errors, axis=0)) < 0.03)


def test_split_without_influence_of_the_inputs():
    rng = np.random.default_rng(15)
    share = np.array([0.5, 0.3, 0.2])
    found = split(rng.multinomial(2_000, share), list(rng.multinomial(50, share, size=40)))
    assert found.inputs.low == 0
    assert found.inputs.value < 0.05
    assert abs(found.share_inputs) < 0.05


def test_split_when_inputs_decide_everything():
    found = split([1_000, 1_000], [[50, 0]] * 20 + [[0, 50]] * 20)
    assert found.chance.value == 0
    assert 0 < found.chance.high < 0.05
    assert found.inputs.value == pytest.approx(1, abs=0.01)


def test_too_many_outcomes_are_said_to_be_too_many():
    found = split(np.ones(500, dtype=int), [np.ones(50, dtype=int)] * 10)
    assert found.undersampled
    assert found.coverage < 0.05


def test_no_nested_design_no_split():
    found = split([5, 5], [])
    assert (found.inputs, found.chance, found.share_inputs, found.draws) == (None, None, None, 0)
