// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One suite over every registered operator that has a kernel: whatever it computes, feeding a prompt at once or token
// by token gives the same bits (law 3 at the float level), and nothing outside the output is written.

#include "mase/formats/registry.h"
#include "mase/ops/registry.h"
#include "mase/support/random.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

namespace mase {
namespace {

constexpr int64_t tokens = 7, cols = 32, maxRows = 16;

struct Case {
  const char *op;
  std::vector<ValueShape> inputs;
  ValueShape output;
  std::vector<std::pair<int64_t, int64_t>> constants; // rows x cols
  std::map<std::string, Attribute> attributes;
  bool inputsGrow = false; // all rows of the sequence so far, as kv_cache gives them (the last input)
};

// A kernel that is missing here fails the test below that counts.
const std::vector<Case> &cases() {
  static const std::vector<Case> list = {
      {"embedding", {}, {1, cols}, {{20, cols}}, {}},
      {"linear", {{1, cols}}, {1, 64}, {{64, cols}}, {}},
      {"rms_norm", {{1, cols}}, {1, cols}, {{1, cols}}, {{"epsilon", 1e-5}}},
      {"layer_norm", {{1, cols}}, {1, cols}, {{1, cols}, {1, cols}}, {{"epsilon", 1e-5}}},
      {"position_embedding", {{1, cols}}, {1, cols}, {{maxRows + 2, cols}}, {{"offset", int64_t{2}}}},
      {"token_type_embedding", {{1, cols}}, {1, cols}, {{3, cols}}, {}},
      {"rope", {{2, cols}}, {2, cols}, {}, {{"theta", 10000.0}}},
      {"kv_cache", {{2, cols}}, {2, cols}, {}, {}},
      {"matmul", {{4, cols}, {2, cols}}, {4, -1}, {}, {{"transpose_rhs", true}, {"causal", true}}, true},
      {"softmax", {{4, -1}}, {4, -1}, {}, {{"causal", true}, {"scale", 0.5}}},
      {"silu", {{1, cols}}, {1, cols}, {}, {}},
      {"gelu", {{1, cols}}, {1, cols}, {}, {}},
      {"relu", {{1, cols}}, {1, cols}, {}, {}},
      {"tanh", {{1, cols}}, {1, cols}, {}, {}},
      {"pool", {{1, cols}}, {1, cols, 1}, {}, {{"token", std::string("last")}}},
      {"soft_cap", {{4, -1}}, {4, -1}, {}, {{"scale", 0.5}, {"cap", 2.0}}},
      {"mul", {{1, cols}, {1, cols}}, {1, cols}, {}, {}},
      {"add", {{1, cols}, {1, cols}}, {1, cols}, {}, {}},
  };
  return list;
}

// A value for `rows` tokens ending at sequence length `keys`, laid out as the plan does.
TensorView view(const ValueShape &shape, std::vector<float> &data, int64_t rows, int64_t keys) {
  const int64_t width = shape.cols < 0 ? keys : shape.cols;
  data.assign(static_cast<size_t>(shape.heads * rows * width), 42.0F);
  if (shape.cols < 0)
    return {data.data(), shape.heads, rows, width, rows * width, width};
  return {data.data(), shape.heads, rows, width, width, shape.heads * width};
}

float valueAt(size_t input, int64_t head, int64_t token, int64_t column) {
  Random random(input * 1000003 + static_cast<uint64_t>(head * 65537 + token * 257 + column));
  return static_cast<float>(random.uniform() * 4 - 2);
}

class KernelContract : public testing::TestWithParam<Case> {
protected:
  KernelContract() {
    OperatorDescription description = {GetParam().op, GetParam().attributes, {}, GetParam().inputs, maxRows};
    for (const auto &[rows, width] : GetParam().constants) {
      auto &values = constants_.emplace_back(static_cast<size_t>(rows * width));
      Random random(9);
      for (float &value : values)
        value = static_cast<float>(random.uniform() - 0.5);
    }
    for (size_t i = 0; i < constants_.size(); ++i)
      description.constants.push_back(
          {"w", {constants_[i].data(), GetParam().constants[i].first, GetParam().constants[i].second}});
    kernel_ = findOperator(GetParam().op)->make(description);
    kernel_->prepare(formats_);
  }

  // The rows [first, first + count) of the result, one vector a (head, row).
  std::vector<std::vector<float>> run(int64_t first, int64_t count, std::vector<float> *cache = nullptr) {
    const int64_t keys = first + count;
    const bool keeps = findOperator(GetParam().op)->keepsRows;
    std::vector<std::vector<float>> memory(GetParam().inputs.size());
    std::vector<TensorView> inputs;
    for (size_t i = 0; i < memory.size(); ++i) {
      const bool grows = GetParam().inputsGrow && i + 1 == memory.size();
      inputs.push_back(view(GetParam().inputs[i], memory[i], grows ? keys : count, keys));
      for (int64_t h = 0; h < inputs[i].heads; ++h)
        for (int64_t r = 0; r < inputs[i].rows; ++r)
          for (int64_t c = 0; c < inputs[i].cols; ++c)
            inputs[i].head(h).row(r)[c] = valueAt(i, h, grows ? r : first + r, c);
    }
    std::vector<float> own;
    std::vector<float> &out = cache ? *cache : own;
    TensorView output;
    if (keeps) {
      if (out.empty())
        view(GetParam().output, out, maxRows, maxRows);
      const int64_t width = GetParam().output.heads * GetParam().output.cols;
      output = {out.data(), GetParam().output.heads, keys, GetParam().output.cols, GetParam().output.cols, width};
    } else {
      output = view(GetParam().output, out, count, keys);
    }
    if (GetParam().output.rows >= 0)
      output.rows = GetParam().output.rows;
    std::vector<int32_t> ids, types;
    for (int64_t t = first; t < keys; ++t) {
      ids.push_back(static_cast<int32_t>(t * 5 % 20));
      types.push_back(static_cast<int32_t>(t * 2 % 3));
    }
    for (int64_t r = 0; r < count; r += pieceRows_) {
      const int64_t size = std::min(pieceRows_, count - r);
      std::vector<TensorView> some = inputs;
      TensorView part = output;
      if (size < count) {
        for (TensorView &input : some)
          input.data += r * input.rowStride, input.rows = size;
        if (!keeps)
          part.data += r * part.rowStride, part.rows = size;
      }
      const auto at = static_cast<size_t>(r), length = static_cast<size_t>(size);
      kernel_->run({some, part, std::span(ids).subspan(at, length), first + r, formats_, 0, nullptr, nullptr, nullptr,
                    std::span(types).subspan(at, length)});
    }
    std::vector<std::vector<float>> rows;
    for (int64_t t = 0; t < (GetParam().output.rows >= 0 ? output.rows : count); ++t)
      for (int64_t h = 0; h < output.heads; ++h) {
        const float *row = output.head(h).row(keeps ? first + t : t);
        // Scores right of the token's own column are not computed.
        rows.emplace_back(row, row + (GetParam().output.cols < 0 ? first + t + 1 : output.cols));
      }
    return rows;
  }

  int64_t pieceRows_ = tokens; // that a call of the kernel is given
  std::vector<std::vector<float>> constants_;
  std::unique_ptr<Kernel> kernel_;
  std::vector<const Format *> formats_ = {&parseFormat("mxint5"), &parseFormat("mxint6")};
};

TEST_P(KernelContract, TokenByTokenIsAllAtOnce) {
  std::vector<float> whole, stepped;
  const std::vector<std::vector<float>> expected = run(0, tokens, &whole);
  std::vector<std::vector<float>> rows;
  for (int64_t t = 0; t < tokens; ++t)
    for (std::vector<float> &row : run(t, 1, &stepped))
      rows.push_back(std::move(row));
  if (GetParam().output.rows >= 0) // of the whole sequence
    rows.erase(rows.begin(), rows.end() - GetParam().output.rows);
  EXPECT_EQ(rows, expected);
  for (const std::vector<float> &row : expected)
    for (float value : row)
      EXPECT_TRUE(std::isfinite(value) && value != 42.0F) << "an element was not written";
}

TEST_P(KernelContract, RowsCanBeComputedApartWhereTheRegistrySaysSo) {
  if (!findOperator(GetParam().op)->byRows)
    return;
  std::vector<float> whole, pieces;
  const std::vector<std::vector<float>> expected = run(0, tokens, &whole);
  pieceRows_ = 3;
  EXPECT_EQ(run(0, tokens, &pieces), expected);
}

TEST(KernelContract, EveryKernelHasACase) {
  for (const OperatorEntry &entry : operators())
    if (entry.make) {
      EXPECT_EQ(std::count_if(cases().begin(), cases().end(), [&](const Case &c) { return entry.name == c.op; }), 1)
          << entry.name;
    }
}

// Inputs whose rows share a scale (emulation only) are quantised as a whole, though linears work in chunks of rows.
TEST(LinearKernel, RowsThatShareAScaleAreQuantisedTogether) {
  const int64_t rows = 230, out = 40;
  Random random(12);
  std::vector<float> w(static_cast<size_t>(out * cols)), x(static_cast<size_t>(rows * cols)), quantized(x.size());
  for (std::vector<float> *values : {&w, &x})
    for (float &value : *values)
      value = static_cast<float>(std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(9))));
  const OperatorDescription description = {"linear", {}, {{"w", {w.data(), out, cols}}}, {{1, cols}}, rows};
  const std::unique_ptr<Kernel> kernel = findOperator("linear")->make(description);
  auto run = [&](std::vector<float> &input, const Format &format) {
    std::vector<float> y(static_cast<size_t>(rows * out));
    const TensorView inputs[] = {{input.data(), 1, rows, cols, rows * cols, cols}};
    const Format *const formats[] = {&fp32(), &format};
    kernel->prepare(formats);
    kernel->run({inputs, {y.data(), 1, rows, out, rows * out, out}, {}, 0, formats, 0, nullptr});
    return y;
  };
  for (const char *name : {"mxint5:7x8", "int8", "nvfp4"}) {
    parseFormat(name).fakeQuantize({x.data(), rows, cols}, {quantized.data(), rows, cols});
    EXPECT_EQ(run(x, parseFormat(name)), run(quantized, fp32())) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, KernelContract, testing::ValuesIn(cases()),
                         [](const auto &info) { return std::string(info.param.op); });

} // namespace
} // namespace mase
