// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/structure.h"

#include "mase/support/error.h"

#include <algorithm>
#include <set>

namespace mase {
namespace {

bool isNorm(const Weights &weights, size_t step) {
  return weights.is(step, "rms_norm") || weights.is(step, "layer_norm");
}

// The linears that read a value, by themselves or one of its rows; none when anything else does.
std::vector<size_t> linearReaders(const Weights &weights, int value) {
  std::vector<size_t> result;
  for (const size_t reader : weights.readers(value)) {
    if (weights.is(reader, "linear")) {
      result.push_back(reader);
      continue;
    }
    if (!weights.is(reader, "pool"))
      return {};
    const std::vector<size_t> behind = linearReaders(weights, weights.step(reader).output);
    if (behind.empty())
      return {};
    result.insert(result.end(), behind.begin(), behind.end());
  }
  return result;
}

class StreamFinder {
public:
  explicit StreamFinder(const Weights &weights) : weights_(weights) {}

  ResidualStream find() {
    for (size_t s = 0; s < weights_.graph().steps.size(); ++s)
      if (weights_.is(s, "embedding"))
        result_.tables.push_back(s), add(weights_.step(s).output);
    if (result_.norms.empty())
      refuse("nothing normalises it");
    result_.width = weights_.constant(result_.tables.front(), 0).cols;
    result_.centred = weights_.is(result_.norms.front().norm, "layer_norm");
    for (const NormReaders &norm : result_.norms)
      if (weights_.is(norm.norm, "layer_norm") != result_.centred)
        refuse("its norms are of several kinds");
    std::sort(result_.writers.begin(), result_.writers.end());
    return std::move(result_);
  }

private:
  [[noreturn]] static void refuse(const std::string &why) {
    fail(
        "the model has no residual stream that can be rotated: {} (norms in front of linears that add to it are right)",
        why);
  }

  void add(int value) {
    if (!seen_.insert(value).second)
      return;
    for (const size_t reader : weights_.readers(value)) {
      const GraphStep &step = weights_.step(reader);
      if (isNorm(weights_, reader)) {
        const std::vector<size_t> linears = linearReaders(weights_, step.output);
        if (linears.empty())
          refuse("operators other than linears read its norms");
        result_.norms.push_back({reader, linears});
      } else if (step.op.name == "add") {
        for (const int input : step.inputs)
          addBranch(input);
        add(step.output);
      } else if (step.op.name == "position_embedding" || step.op.name == "token_type_embedding") {
        result_.tables.push_back(reader);
        add(step.output);
      } else {
        refuse(fmt::format("operator {} reads it", step.op.name));
      }
    }
  }

  void addBranch(int value) {
    if (seen_.contains(value))
      return;
    const auto writer = static_cast<size_t>(weights_.writer(value));
    if (weights_.is(writer, "add"))
      return addSum(writer);
    if (!weights_.is(writer, "linear") || weights_.readers(value).size() != 1)
      refuse(fmt::format("operator {} writes to it", weights_.step(writer).op.name));
    seen_.insert(value);
    result_.writers.push_back(writer);
  }

  void addSum(size_t writer) {
    for (const int input : weights_.step(writer).inputs)
      addBranch(input);
    add(weights_.step(writer).output);
  }

  const Weights &weights_;
  ResidualStream result_;
  std::set<int> seen_;
};

// The linear that writes a value and that nobody else reads; -1: none.
int linearAt(const Weights &weights, int value) {
  const int writer = weights.writer(value);
  const bool alone = weights.readers(value).size() == 1;
  return writer >= 0 && alone && weights.is(static_cast<size_t>(writer), "linear") ? writer : -1;
}

bool isActivation(const Weights &weights, size_t step) {
  for (const char *name : {"relu", "gelu", "silu", "tanh"})
    if (weights.is(step, name))
      return true;
  return false;
}

// merge_heads(matmul(shares, [kv_cache] split_heads(linear))): the linear, or -1.
int valuesLinear(const Weights &weights, int value, int64_t &headSize, int64_t &shared) {
  const auto above = [&](int of, const char *name) -> const GraphStep * {
    const int writer = weights.writer(of);
    return writer >= 0 && weights.is(static_cast<size_t>(writer), name) && weights.readers(of).size() == 1
               ? &weights.step(static_cast<size_t>(writer))
               : nullptr;
  };
  const GraphStep *merge = above(value, "merge_heads");
  const GraphStep *mixed = merge ? above(merge->inputs[0], "matmul") : nullptr;
  if (!mixed || mixed->op.attributeOr("transpose_rhs", false))
    return -1;
  int rows = mixed->inputs[1];
  if (const GraphStep *cache = above(rows, "kv_cache"))
    rows = cache->inputs[0];
  const GraphStep *split = above(rows, "split_heads");
  if (!split)
    return -1;
  const ValueShape &queries = weights.graph().values[static_cast<size_t>(mixed->output)];
  const ValueShape &values = weights.graph().values[static_cast<size_t>(split->output)];
  headSize = values.cols;
  shared = queries.heads / values.heads;
  return linearAt(weights, split->inputs[0]);
}

} // namespace

std::vector<NormReaders> normsBeforeLinears(const Weights &weights) {
  std::vector<NormReaders> result;
  for (size_t s = 0; s < weights.graph().steps.size(); ++s)
    if (isNorm(weights, s))
      if (std::vector<size_t> linears = linearReaders(weights, weights.step(s).output); !linears.empty())
        result.push_back({s, std::move(linears)});
  return result;
}

ResidualStream residualStream(const Weights &weights) { return StreamFinder(weights).find(); }

std::vector<FeaturePair> featurePairs(const Weights &weights) {
  std::vector<FeaturePair> result;
  for (const size_t second : weights.linears()) {
    const int input = weights.step(second).inputs[0];
    const int writer = weights.writer(input);
    if (writer < 0 || weights.readers(input).size() != 1)
      continue;
    const auto at = static_cast<size_t>(writer);
    FeaturePair pair;
    pair.second = second;
    if (const int first = valuesLinear(weights, input, pair.headSize, pair.shared); first >= 0) {
      pair.first = static_cast<size_t>(first);
      pair.scales = true;
      result.push_back(pair);
    } else if (isActivation(weights, at)) {
      if (const int wide = linearAt(weights, weights.step(at).inputs[0]); wide >= 0) {
        pair.first = static_cast<size_t>(wide);
        pair.scales = weights.is(at, "relu");
        result.push_back(pair);
      }
    } else if (weights.is(at, "mul")) {
      const std::vector<int> &factors = weights.step(at).inputs;
      for (const size_t k : {size_t{0}, size_t{1}}) {
        const int gate = weights.writer(factors[k]), up = linearAt(weights, factors[1 - k]);
        if (gate < 0 || up < 0 || !isActivation(weights, static_cast<size_t>(gate)) ||
            weights.readers(factors[k]).size() != 1)
          continue;
        const int below = linearAt(weights, weights.step(static_cast<size_t>(gate)).inputs[0]);
        if (below < 0)
          continue;
        pair.first = static_cast<size_t>(up);
        pair.beside = {static_cast<size_t>(below)};
        pair.scales = true;
        result.push_back(pair);
        break;
      }
    }
  }
  return result;
}

} // namespace mase
