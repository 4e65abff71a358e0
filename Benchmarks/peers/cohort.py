"""Pairs the same synthetic cohorts with other solvers and prints JSON.

    python Benchmarks/peers/cohort.py scipy|ortools uniform|profiles COUNT none|quotas RUNS

The scores are those of Benchmarks/CohortBench, made by the same integer formulas.
What is timed is the solver alone, given what it takes in the form it takes it: making
scores, matrices and lists of arcs is not counted. Seconds are the processor's.
"""

import json
import resource
import sys
import time

import numpy as np

DIMENSIONS = 64


def mixed(values):
    """SplitMix64's finisher."""
    z = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def profiles(count, side):
    row = np.arange(count, dtype=np.uint64)[:, None]
    dimension = np.arange(DIMENSIONS, dtype=np.uint64)[None, :]
    shift = np.uint64(16)
    own = (mixed((np.uint64(side << 48)) + (row << shift) + dimension) >> np.uint64(57))
    centre = (mixed(np.uint64(3 << 48) + (row % np.uint64(7) << shift) + dimension)
              >> np.uint64(32)) % np.uint64(97)
    return (own.astype(np.int64) - 64 + centre.astype(np.int64) - 48).astype(np.float64)


def scores(kind, count):
    """The whole matrix, in millionths."""
    result = np.empty((count, count), np.int32)
    if kind == "profiles":
        left, right = profiles(count, 1), profiles(count, 2)
        for start in range(0, count, 1000):
            products = left[start:start + 1000] @ right.T  # exact: small integers
            result[start:start + 1000] = np.clip(500_000 + 4 * products, 0, 1_000_000)
        return result
    columns = np.arange(count, dtype=np.uint64)
    for row in range(count):
        hashed = mixed(np.uint64(row << 32) + columns)
        result[row] = (hashed >> np.uint64(44)) % np.uint64(1_000_001)
    return result


def scipy_solver(matrix, quotas):
    from scipy.optimize import linear_sum_assignment
    if quotas:
        sys.exit("linear_sum_assignment takes no quotas")
    costs = matrix.astype(np.float64)

    def solve():
        left, right = linear_sum_assignment(costs, maximize=True)
        return int(matrix[left, right].sum(dtype=np.int64)), len(left)

    return solve


def ortools_solver(matrix, quotas):
    """As a min-cost flow: source, countries, left, right, regions, sink; a way around
    for those who stay unpaired. Between equal totals, more pairs, as ours."""
    from ortools.graph.python import min_cost_flow
    count = len(matrix)
    countries, regions = (10, 5) if quotas else (1, 1)
    left = np.arange(count)
    right = left + count
    country = 2 * count + np.arange(countries)
    region = 2 * count + countries + np.arange(regions)
    source, sink = 2 * count + countries + regions, 2 * count + countries + regions + 1
    least = count // 20 if quotas else 0
    country_most = count // 12 if quotas else count
    region_most = count // 6 if quotas else count
    weights = -(matrix.astype(np.int64) * (count + 1) + 1)
    tails = [np.repeat(left, count), np.full(countries, source), country[left % countries],
             right, region, [source]]
    heads = [np.tile(right, count), country, left, region[(right - count) % regions],
             np.full(regions, sink), [sink]]
    capacities = [np.ones(count * count), np.full(countries, country_most - least),
                  np.ones(count), np.ones(count), np.full(regions, region_most), [count]]
    costs = [weights.ravel(), np.zeros(countries + 2 * count + regions + 1)]
    # What a country must have flows into it from the start.
    supplies = np.zeros(2 * count + countries + regions + 2, np.int64)
    supplies[country] += least
    supplies[source] = count - countries * least
    supplies[sink] = -count
    whole = [np.concatenate(part).astype(np.int64) for part in (tails, heads, capacities, costs)]

    def solve():
        flow = min_cost_flow.SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(*whole)
        flow.set_nodes_supplies(np.arange(len(supplies)), supplies)
        start = time.process_time()
        status = flow.solve()
        seconds = time.process_time() - start
        if status != flow.OPTIMAL:
            sys.exit(f"SimpleMinCostFlow: {status}")
        used = flow.flows(np.arange(count * count)) > 0
        return int(matrix.ravel()[used].sum(dtype=np.int64)), int(used.sum()), seconds

    return solve


def main():
    name, kind, count, rules, runs = sys.argv[1:]
    matrix = scores(kind, int(count))
    make = {"scipy": scipy_solver, "ortools": ortools_solver}[name]
    solve = make(matrix, rules == "quotas")
    seconds = []
    for _ in range(int(runs)):
        start = time.process_time()
        total, pairs, *own = solve()
        seconds.append(own[0] if own else time.process_time() - start)
    print(json.dumps({
        "seconds": seconds, "total": total, "pairs": pairs,
        "peakMemory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


if __name__ == "__main__":
    main()
