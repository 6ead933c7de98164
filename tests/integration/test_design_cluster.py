"""The same work on one thread, on two, in two processes, in another order, and on a Dask cluster: the same bits."""

import os

import pytest

from design_world import view, world
from equipoise.allocation import BigStick, PermutedBlocks
from equipoise.allocation.many_lists import tabulate
from equipoise.analysis.many.joint import MaxTest
from equipoise.analysis.many.moments import Ancova
from equipoise.analysis.many.planned import Lists
from equipoise.analysis.many.randomisation import RandomisationTest
from equipoise.design.simulation.criteria import Significant
from equipoise.design.simulation.running import BLOCK, JointStep, Outcome, Step, Work, run_block, simulate
from equipoise.design.simulation.workers import dask_workers, local_workers, processes, threads
from equipoise.vocabulary import Refusal

TRIALS = 2 * BLOCK + 500


def work() -> Work:
    """Two endpoints, everything that draws: strata, lists, nature, leaving, adherence, re-runs, max-T."""
    table = tabulate(BigStick(3), (1, 1), 20)
    model = world(
        items=2,
        between=0.4,
        visits=0.6,
        effect=0.7,
        decimals=2,
        leaving=(0.05, 0.05, 0.05),
        non_adherence=0.1,
        entry=0,
        strata=(0.6, 0.4),
        prognosis=(-0.2, 0.3),
    )
    steps = (
        Step("ancova", view(), Ancova()),
        Step("exact", view(1), RandomisationTest(table, 0, ranks=True)),
        Step("rerun", view(1), RandomisationTest(table, 0)),
    )
    family = JointStep("both", ("ancova", "exact"), (view(), view(1)), MaxTest(table, 0))
    criteria = {name: Significant(name, 0.05) for name in ("ancova", "exact", "rerun", "both.ancova", "both.exact")}
    return Work(model, 20, Lists(table, (0, 1)), steps, (family,), criteria, 0.05, 77, {"ancova": -0.7})


@pytest.fixture(scope="module")
def alone() -> Outcome:
    return simulate(work(), TRIALS, threads(1))


def test_two_threads(alone: Outcome) -> None:
    assert simulate(work(), TRIALS, threads(2)) == alone


def test_two_processes(alone: Outcome) -> None:
    with processes(2) as workers:
        assert simulate(work(), TRIALS, workers) == alone


def _end(block: tuple[int, int]) -> None:
    os._exit(1)


def test_a_process_that_the_machine_ends_is_a_refusal() -> None:
    with pytest.raises(Refusal, match="was ended by the machine"), processes(1) as workers:
        list(workers(_end, [(0, 1), (1, 1)]))


def test_few_trials_do_not_wait_for_processes(monkeypatch) -> None:
    monkeypatch.setattr("equipoise.design.simulation.workers.ProcessPoolExecutor", None)
    with local_workers(2, 49_999) as workers:
        assert list(workers(abs, [-1, -2])) == [1, 2]
    with pytest.raises(TypeError), local_workers(2, 50_000):
        pass


def test_blocks_in_the_other_order(alone: Outcome) -> None:
    def backwards(function, blocks):
        return list(reversed([function(block) for block in reversed(blocks)]))

    assert simulate(work(), TRIALS, backwards) == alone


def test_a_dask_cluster(alone: Outcome) -> None:
    """Two worker processes on this machine, reached as any other cluster would be."""
    distributed = pytest.importorskip("distributed", reason="the cluster extra is not installed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        workers = dask_workers(cluster.scheduler_address.replace("tcp://", "dask://"))
        assert simulate(work(), TRIALS, workers) == alone


def test_a_seed_makes_a_difference(alone: Outcome) -> None:
    other = simulate(Work(**{**work().__dict__, "seed": 78}), TRIALS, threads(2))
    assert other != alone


def test_a_block_does_not_depend_on_those_before_it() -> None:
    assert run_block(work(), (1, BLOCK)) == run_block(work(), (1, BLOCK)) != run_block(work(), (0, BLOCK))


def test_the_plain_kernels_count_the_same(monkeypatch) -> None:
    small = work()
    table = tabulate(PermutedBlocks((4,)), (1, 1), 20)
    small = Work(**{**small.__dict__, "allocate": Lists(table, (0, 1))})
    compiled = run_block(small, (0, 60))
    monkeypatch.setenv("EQUIPOISE_KERNELS", "numpy")
    assert run_block(small, (0, 60)).counts == compiled.counts


@pytest.mark.parametrize(("address", "words"), [("localhost:1", "not the address"), ("dask://127.0.0.1:9", "Nobody")])
def test_addresses_that_lead_nowhere_are_refused(address: str, words: str) -> None:
    pytest.importorskip("distributed", reason="the cluster extra is not installed")
    with pytest.raises(Refusal, match=words):
        simulate(work(), 10, dask_workers(address, patience_seconds=0.3))
