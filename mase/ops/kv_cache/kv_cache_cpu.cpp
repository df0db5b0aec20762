// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/kv_cache/kv_cache_cpu.h"

#include <algorithm>

namespace mase {
namespace {

class KvCache final : public Kernel {
public:
  void run(const KernelCall &call) const override {
    const TensorView &x = call.inputs[0];
    for (int64_t h = 0; h < x.heads; ++h)
      for (int64_t t = 0; t < x.rows; ++t)
        std::copy_n(x.head(h).row(t), x.cols, call.output.head(h).row(call.position + t));
  }
};

} // namespace

std::unique_ptr<Kernel> makeKvCache(const OperatorDescription &) { return std::make_unique<KvCache>(); }

} // namespace mase
