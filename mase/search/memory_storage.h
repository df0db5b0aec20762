// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A storage that ends with the process: for searches that nobody resumes.
///
/// It keeps nothing but the next number: the search itself holds the history. One worker, one thread.
#pragma once

#include "mase/search/storage.h"

namespace mase {

class MemoryStorage final : public Storage {
public:
  std::vector<Trial> open(const StudyIdentity &, const Space &) override { return {}; }
  int begin(const Choice &) override { return next_++; }
  void complete(const Trial &) override {}

private:
  int next_ = 0;
};

} // namespace mase
