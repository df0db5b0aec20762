#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A search that is killed at any moment and started again ends with the study that an uninterrupted one has.

Equal means: the same trials with the same number, state, parameters and value, and the same formats.toml. SIGKILL comes when
the study's file appears and when it holds 1, 5 and 10 of its 12 trials, each in a search of its own, and thrice in one search.
"""
import signal
import sqlite3
import subprocess
import time

from program import MASE, MODEL, SCRATCH, expect, short_text

TRIALS = 12


def search(name):
    return [MASE, "search", MODEL, "--data", str(short_text()), "--context", "64", "--sampler", "tpe", "--seed", "7",
            "--trials", str(TRIALS), "--study", str(SCRATCH / f"{name}.db"), "-o", str(SCRATCH / f"{name}.toml")]


def rows(name, query):
    """Rows of a study that another process may be writing; none as long as it has no tables."""
    try:
        connection = sqlite3.connect(f"file:{SCRATCH / name}.db?mode=ro", uri=True, timeout=10)
        with connection:
            return connection.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []


def study(name):
    """Finished trials as (number, state, parameters, value). Those that a kill left running have no result."""
    trials = {}
    for trial, number, state in rows(name, "SELECT trial_id, number, state FROM trials ORDER BY trial_id"):
        parameters = rows(name, f"SELECT param_name, param_value FROM trial_params WHERE trial_id = {trial} ORDER BY param_name")
        values = rows(name, f"SELECT objective, value FROM trial_values WHERE trial_id = {trial} ORDER BY objective")
        trials[number] = (state, parameters, values)
    return trials


def finished(name):
    return len(rows(name, "SELECT 1 FROM trials WHERE state = 'COMPLETE'"))


def kill_after(name, trials):
    """Starts the search and kills it when the study holds so many trials. Returns whether it was still at work."""
    process = subprocess.Popen(search(name), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and (not (SCRATCH / f"{name}.db").exists() or finished(name) < trials):
        time.sleep(0.0005)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def complete(name):
    result = subprocess.run(search(name), capture_output=True, text=True)
    expect(result.returncode == 0, f"{name}: the search resumed with exit status {result.returncode}: {result.stderr}")


complete("whole")
whole = study("whole")
expect(len(whole) == TRIALS and all(state == "COMPLETE" for state, _, _ in whole.values()), f"the whole study is {whole}")
expect(all(parameters and values for _, parameters, values in whole.values()), "a trial without parameters or value")

moments = {"begun": [0], "once": [1], "half": [5], "late": [10], "thrice": [2, 6, 9]}
in_time = 0
for name, kills in moments.items():
    in_time += sum(kill_after(name, trials) for trials in kills)
    left = finished(name)
    complete(name)
    expect(study(name) == whole, f"killed at {kills}: the study differs from the uninterrupted one")
    expect((SCRATCH / f"{name}.toml").read_bytes() == (SCRATCH / "whole.toml").read_bytes(), f"killed at {kills}: another winner")
    print(f"killed at {kills}: {left} trials were kept, {TRIALS} in the end, all equal")
expect(in_time >= 3, f"only {in_time} of 7 kills came before the search had ended: the text is too short")
