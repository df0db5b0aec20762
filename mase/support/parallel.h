// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// One pool of threads for the whole program.
///
/// The number of threads is the machine's unless setThreads() or the environment's MASE_THREADS says otherwise.
/// Results never depend on it: an index's work is the same whoever does it, and callers reduce in index order.
#pragma once

#include <cstdint>
#include <functional>

namespace mase {

/// Threads that parallelFor uses, the caller included; at least 1.
int threads();
/// Sets the number of threads; 0 means the machine's. Call before any parallelFor.
void setThreads(int count);

/// Runs work(i) for every i in [0, count), in any order, and returns when all are done.
/// A call inside another's work runs in that thread, one index after the other.
/// The first exception thrown by the work is rethrown here, once no work is running.
void parallelFor(int64_t count, const std::function<void(int64_t)> &work);

} // namespace mase
