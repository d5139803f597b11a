"""Intervals against published values, exact enumeration and their promised coverage.

Every random test has a fixed seed. Coverage over many synthetic jobs is binomial: a band of four standard
errors has a false-alarm rate below 1 in 10,000, had the seed been free.
"""

import math

import numpy as np
import pytest

from sim.study import statistics as st
from sim.study.tally import MOST, Tally


def test_wilson_against_published_values():
    # Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I, method 3.
    for successes, trials, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605),
                                         (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)):  # fmt: skip
        got = st.wilson(successes, trials)
        assert (float(got[0]), float(got[1])) == pytest.approx((low, high), abs=5e-5)


def test_wilson_is_never_empty_and_mirrors():
    k = np.arange(0, 51)
    low, high = st.wilson(k, 50)
    assert np.all((low < high) & (low <= k / 50) & (k / 50 <= high) & (low >= 0) & (high <= 1))
    assert low == pytest.approx(1 - high[::-1])


@pytest.mark.parametrize(("p", "n"), [(0.01, 1000), (0.05, 400), (0.3, 200), (0.5, 1000), (0.97, 500)])
def test_wilson_covers(p, n):
    # Exact coverage by summing over all outcomes: no luck in it.
    k = np.arange(n + 1)
    logs = np.array([math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) for i in k])
    mass = np.exp(logs + k * math.log(p) + (n - k) * math.log1p(-p))
    low, high = st.wilson(k, n)
    assert 0.93 < mass[(low <= p) & (p <= high)].sum() < 0.97


def test_quantile_ranks_against_exact_binomials():
    def below(k, n, q):
        return sum(math.comb(n, i) * q**i * (1 - q) ** (n - i) for i in range(k + 1))

    for n, q in ((20, 0.5), (100, 0.1), (137, 0.9), (500, 0.5)):
        _, low, high = st.quantile_ranks(n, q)
        assert low == 0 or below(low - 1, n, q) <= 0.025 < below(low, n, q)
        assert high == n + 1 or below(high - 2, n, q) < 0.975 <= below(high - 1, n, q)


def test_small_samples_do_not_bound_a_far_quantile():
    rank, low, high = st.quantile_ranks(20, 0.1)
    assert (rank, low, high) == (2, 0, 6)
    assert st.quantile_ranks(20, 0.9)[2] == 21


def test_quantile_intervals_cover():
    # 2,000 jobs of 100 runs, exponential: the true median is log 2. Exact coverage is 0.9648, so the share
    # lies within 4 * sqrt(0.9648 * 0.0352 / 2000) = 0.0165 of it.
    rng = np.random.default_rng(5)
    sample = np.sort(rng.exponential(size=(2_000, 100)), axis=1)
    _, low, high = st.quantile_ranks(100, 0.5)
    inside = (sample[:, low - 1] <= math.log(2)) & (math.log(2) <= sample[:, high - 1])
    assert abs(inside.mean() - 0.9648) < 0.0165


def test_student_against_tables():
    for degrees, wanted in ((1, 12.706), (2, 4.303), (5, 2.571), (9, 2.262), (39, 2.0227), (1e9, 1.95996)):
        assert st.student(0.95, degrees) == pytest.approx(wanted, rel=1e-3)
    assert 3.17 < st.student(0.95, 3) < 3.19


def test_mean_against_hand_worked_values():
    got = st.mean([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    half = 2.5706 * math.sqrt(3.5 / 6)
    assert (got.low, got.value, got.high) == pytest.approx((3.5 - half, 3.5, 3.5 + half), rel=1e-3)
    assert st.mean([7.0]) == st.Estimate(7.0, None, None)


@pytest.mark.parametrize("value", [0.0, 5.0, -210.0, 0.1 + 0.2, 1e9 / 3, 4 + 1 / 3600])
def test_values_all_alike_give_no_interval(value):
    for count in (2, 3, 40, 2_000):
        got = st.mean([value] * count)
        assert got == st.Estimate(pytest.approx(value), None, None)
    one_of_many = st.mean([1e6] * 99 + [1e6 + 200])
    assert one_of_many.low < one_of_many.value < one_of_many.high, "a little scatter is no rounding"


def test_paired_difference_by_hand():
    # 8 and 2 discordant of 100: cells 8.5 and 2.5 of 102.
    value, low, high = st.paired_difference(8, 2, 100)
    half = 1.959964 * math.sqrt(11 - 36 / 102) / 102
    assert (value, low, high) == pytest.approx((0.06, 6 / 102 - half, 6 / 102 + half))
    value, low, high = st.paired_difference(0, 0, 1000)
    assert value == 0
    assert -0.003 < low < 0 < high < 0.003


def test_paired_differences_cover():
    # 4,000 jobs of 200 pairs; P(only first) 0.08, P(only second) 0.03. Coverage near 0.95: +-0.0138 is 4 sigma,
    # and the method's own error is within 0.01.
    rng = np.random.default_rng(6)
    cells = rng.multinomial(200, [0.08, 0.03, 0.89], size=4_000)
    _, low, high = st.paired_difference(cells[:, 0], cells[:, 1], 200)
    assert abs(np.mean((low <= 0.05) & (high >= 0.05)) - 0.95) < 0.024


def test_tally_gives_the_quantiles_of_what_it_saw():
    rng = np.random.default_rng(7)
    values = rng.integers(-500, 40_000, 3_001)
    tally = Tally()
    for piece in np.array_split(values, 13):
        tally.add(piece)
    ordered = np.sort(values)
    for share in (0.1, 0.5, 0.9):
        rank, low, high = st.quantile_ranks(3_001, share)
        got = tally.quantile(share, unit=10.0)
        wanted = [ordered[r - 1] / 10 for r in (rank, low, high)]
        assert (got.value, got.low, got.high) == tuple(wanted)
    assert tally.mean() == pytest.approx(values.mean())


def test_never_counts_as_later_than_everything():
    tally = Tally()
    tally.add(np.arange(1, 401))
    got = tally.quantile(0.5, never=600)
    assert (got.value, got.low, got.high) == (None, None, None)
    got = tally.quantile(0.3, never=600)
    assert (got.value, got.low) == (300, 272)
    got = tally.quantile(0.39, never=600)
    assert got.value == 390
    assert got.high is None
    assert Tally().quantile(0.5, never=10).value is None


def test_tally_stays_small_and_does_not_depend_on_order():
    rng = np.random.default_rng(8)
    values = rng.integers(0, 1 << 30, 300_000)
    tallies = []
    for order in (values, values[::-1]):
        tally = Tally()
        for piece in np.array_split(order, 20):
            tally.add(piece)
            assert tally.values.size <= MOST
        tallies.append(tally)
    assert np.array_equal(tallies[0].values, tallies[1].values)
    assert np.array_equal(tallies[0].counts, tallies[1].counts)
    assert tallies[0].total == 300_000
    median = tallies[0].quantile(0.5).value
    true = np.sort(values)[149_999]
    assert true - (1 << tallies[0].shift) < median <= true
