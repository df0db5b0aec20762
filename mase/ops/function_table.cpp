// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/function_table.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>

namespace mase {

FunctionTable::FunctionTable(const TabulatedFunction &function) : outputBits_(function.outputBits) {
  const int bits = function.argumentBits;
  const uint32_t last = 1U << bits;
  std::vector<double> exact(last + 1);
  for (uint32_t u = function.least; u <= last; ++u)
    exact[u] = std::ldexp(function.f(std::ldexp(u, -bits)), outputBits_);
  for (indexBits_ = 0;; ++indexBits_) {
    assert(indexBits_ <= bits); // with an entry for each argument nothing is off by more than 1/2
    stepBits_ = bits - indexBits_;
    half_ = stepBits_ > 0 ? int64_t{1} << (stepBits_ - 1) : 0;
    if ((function.least & ((1U << stepBits_) - 1)) != 0)
      continue; // the least argument is an entry
    first_ = function.least >> stepBits_;
    entries_.clear();
    for (uint64_t u = function.least; u <= last; u += uint64_t{1} << stepBits_)
      entries_.push_back(static_cast<int32_t>(std::lround(exact[u])));
    worstError_ = 0;
    for (uint32_t u = function.least; u <= last && worstError_ <= 1.5; ++u)
      worstError_ = std::max(worstError_, std::abs(static_cast<double>((*this)(u)) - exact[u]));
    if (worstError_ <= 1.5)
      return;
  }
}

const FunctionTable &functionTable(const TabulatedFunction &function) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<FunctionTable>> tables;
  const std::lock_guard lock(mutex);
  std::unique_ptr<FunctionTable> &table = tables[function.name];
  if (!table)
    table = std::make_unique<FunctionTable>(function);
  return *table;
}

} // namespace mase
