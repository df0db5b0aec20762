// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/matmul/attention_cpu.h"

#include "mase/ops/linear/packed_gemm.h"
#include "mase/ops/softmax/softmax_cpu.h"
#include "mase/support/parallel.h"

#include <algorithm>

namespace mase {
namespace {

// Rows of one product: with a causal mask, later keys than its last row's are not touched.
constexpr int64_t pieceRows = 48;
// Fewer rows than this do not pay for a packed copy of the values.
constexpr int64_t fewRows = 4;
// Multiplications below which threads are not woken.
constexpr int64_t littleWork = 1 << 16;

/// The keys and values of a head, as the products want them.
struct PackedHead {
  PackedMatrix keys, values;
};

class Attention final : public Kernel {
public:
  Attention(const OperatorDescription &softmax, bool causal) : softmax_(makeSoftmax(softmax)), causal_(causal) {}

  void run(const KernelCall &call) const override {
    const TensorView &q = call.inputs[0], &k = call.inputs[1], &v = call.inputs[2];
    thread_local std::vector<PackedHead> memory;
    std::vector<PackedHead> &packed = memory; // the caller's, for all threads
    packed.resize(static_cast<size_t>(std::max(k.heads, std::ssize(packed))));
    const int64_t group = q.heads / k.heads, pieces = (q.rows + pieceRows - 1) / pieceRows;
    if (q.rows < fewRows) {
      const auto head = [&](int64_t h) {
        PackedHead &to = packed[static_cast<size_t>(h)];
        packInto(k.head(h), to.keys);
        if (v.cols % to.keys.panel != 0)
          packTransposedInto(v.head(h), to.values);
        for (int64_t g = 0; g < group; ++g)
          mix(call, h * group + g, h, 0, to, v.cols % to.keys.panel != 0);
      };
      forAll(k.heads, q.heads * q.rows * k.rows * k.cols, head);
      return;
    }
    forAll(2 * k.heads, k.heads * k.rows * k.cols, [&](int64_t i) {
      PackedHead &to = packed[static_cast<size_t>(i / 2)];
      if (i % 2 == 0)
        packInto(k.head(i / 2), to.keys);
      else
        packTransposedInto(v.head(i / 2), to.values);
    });
    // The last pieces see the most keys and go first.
    forAll(pieces * q.heads, q.heads * q.rows * k.rows * k.cols, [&](int64_t i) {
      const int64_t piece = pieces - 1 - i / q.heads, head = i % q.heads;
      mix(call, head, head / group, piece * pieceRows, packed[static_cast<size_t>(head / group)], true);
    });
  }

private:
  static void forAll(int64_t count, int64_t work, const std::function<void(int64_t)> &run) {
    if (work >= littleWork)
      return parallelFor(count, run);
    for (int64_t i = 0; i < count; ++i)
      run(i);
  }

  // Rows of the result from `first` on, of a head that reads keys and values of another.
  void mix(const KernelCall &call, int64_t head, int64_t from, int64_t first, const PackedHead &packed,
           bool packedValues) const {
    const TensorView &q = call.inputs[0], &k = call.inputs[1], &v = call.inputs[2];
    const int64_t rows = std::min(pieceRows, q.rows - first);
    const int64_t keys = causal_ ? std::min(call.position + first + rows, k.rows) : k.rows;
    thread_local std::vector<float> memory;
    memory.resize(std::max(memory.size(), static_cast<size_t>(rows * keys)));
    const MatrixView queries = q.head(head), out = call.output.head(head);
    const MatrixView mixed(out.row(first), rows, out.cols, out.stride);
    const TensorView scores = {memory.data(), 1, rows, keys, rows * keys, keys};
    multiply({queries.row(first), rows, queries.cols, queries.stride}, packed.keys, scores.head(0));
    const TensorView inputs[] = {scores};
    softmax_->run({inputs, scores, {}, call.position + first, {}});
    if (packedValues)
      multiply(scores.head(0), packed.values, mixed, keys);
    else
      multiplyUnpacked(scores.head(0), v.head(from), mixed);
  }

  std::unique_ptr<Kernel> softmax_;
  bool causal_;
};

} // namespace

std::unique_ptr<Kernel> makeAttention(std::span<const OperatorDescription *const> descriptions) {
  const OperatorDescription &scores = *descriptions[0], &softmax = *descriptions[1], &mix = *descriptions[2];
  const auto causal = [](const OperatorDescription &op) { return op.attributeOr("causal", false); };
  if (!scores.attributeOr("transpose_rhs", false) || mix.attributeOr("transpose_rhs", false) ||
      causal(scores) != causal(softmax) || causal(scores) != causal(mix))
    return nullptr;
  return std::make_unique<Attention>(softmax, causal(scores));
}

} // namespace mase
