# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Records what Optuna's TPE computes for a few histories, for mase/search/tpe/tpe_test.cpp.

Run with an interpreter that has Optuna 3.1 (Debian: /usr/bin/python3):

    python3 scripts/record_tpe_cases.py > mase/search/tpe/testdata/optuna_cases.json

Each case is one integer parameter 0..choices-1: a history of (value, loss), the split that TPESampler's defaults make
of it, both Parzen estimators, their log densities at every value, and the winner among recorded candidates.
numpy's argsort is made stable, so that equal observations are ordered by age; nothing else of Optuna is changed.
"""
import functools
import json
import random
import sys

import numpy

numpy.argsort = functools.partial(numpy.argsort, kind="stable")
import optuna
from optuna.distributions import IntDistribution
from optuna.samplers import TPESampler
from optuna.samplers._tpe import sampler as tpe
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator


def record(choices, values, losses, rng):
    sampler = TPESampler()
    space = {"x": IntDistribution(0, choices - 1)}
    scores = [(-float("inf"), [loss]) for loss in losses]
    below, above = tpe._split_observation_pairs(scores, sampler._gamma(len(losses)), None)
    case = {"choices": choices, "values": values, "losses": losses, "below": below.tolist(), "above": above.tolist()}
    every = {"x": numpy.arange(choices, dtype=float)}
    estimators = {}
    for name, places in (("below", below), ("above", above)):
        observed = {"x": numpy.asarray(values, dtype=float)[places]}
        estimator = _ParzenEstimator(observed, space, sampler._parzen_estimator_parameters)
        estimators[name] = estimator
        case[name + "_estimator"] = {
            "weights": estimator._weights.tolist(),
            "mus": estimator._mus["x"].tolist(),
            "sigmas": estimator._sigmas["x"].tolist(),
            "log_density": estimator.log_pdf(every).tolist(),
        }
    candidates = numpy.asarray([float(rng.randrange(choices)) for _ in range(24)])
    log_below = estimators["below"].log_pdf({"x": candidates})
    log_above = estimators["above"].log_pdf({"x": candidates})
    case["candidates"] = [int(c) for c in candidates]
    case["winner"] = int(TPESampler._compare({"x": candidates}, log_below, log_above)["x"])
    return case


def main():
    assert optuna.__version__.startswith("3.1."), optuna.__version__
    rng = random.Random(1)
    cases = []
    for choices, length in ((7, 10), (7, 11), (7, 24), (7, 40), (7, 150), (7, 300), (2, 33), (3, 90), (16, 60)):
        values = [rng.randrange(choices) for _ in range(length)]
        losses = [round(2.2 + 0.05 * abs(v - choices / 3) + 0.1 * rng.random(), 3) for v in values]
        cases.append(record(choices, values, losses, rng))
    cases.append(record(7, [3] * 20, [2.0] * 20, rng))  # nothing but ties
    cases.append(record(7, [6] * 30 + [0] * 5, [1.0 + i for i in range(35)], rng))
    json.dump({"optuna": optuna.__version__, "cases": cases}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
