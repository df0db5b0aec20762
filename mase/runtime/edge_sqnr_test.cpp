// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/edge_sqnr.h"

#include "mase/formats/registry.h"
#include "mase/runtime/tiny_model.h"

#include <gmock/gmock.h>

namespace mase {
namespace {

std::vector<OperatorSqnr> sqnrIn(const char *format) {
  Plan plan(testing_model::TinyModel().graph());
  const FormatAssignment assignment = plan.uniform(parseFormat(format));
  const EdgeFormats edges = resolveEdges(plan.graph(), assignment, nullptr, {});
  const std::vector<int32_t> ids = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5};
  return operatorSqnr(plan, assignment, edges, ids);
}

const OperatorSqnr &of(const std::vector<OperatorSqnr> &all, const std::string &name) {
  for (const OperatorSqnr &one : all)
    if (one.name == name)
      return one;
  ADD_FAILURE() << name << " is missing";
  return all.front();
}

TEST(OperatorSqnr, KnowsEveryOperatorButExponentials) {
  const std::vector<OperatorSqnr> all = sqnrIn("mxint8");
  std::vector<std::string> names;
  for (const OperatorSqnr &one : all)
    names.push_back(one.name);
  EXPECT_THAT(names, ::testing::ElementsAre("embedding", "rms_norm", "linear", "rope", "kv_cache", "matmul", "add",
                                            "silu", "mul"));
  EXPECT_EQ(of(all, "rms_norm").edges, 5);
  EXPECT_EQ(of(all, "matmul").edges, 4); // scores and values of two layers
}

TEST(OperatorSqnr, MoreBitsAreMoreDecibels) {
  const std::vector<OperatorSqnr> four = sqnrIn("mxint4"), eight = sqnrIn("mxint8");
  for (const char *name : {"linear", "rms_norm", "add", "matmul"}) {
    EXPECT_GT(of(eight, name).emulated, of(four, name).emulated + 12) << name;
    EXPECT_GT(of(eight, name).bitTrue, of(four, name).bitTrue + 12) << name;
    EXPECT_NEAR(of(eight, name).bitTrue, of(eight, name).emulated, 3) << name; // law 4
    EXPECT_GT(of(eight, name).arithmetic, of(eight, name).emulated - 3) << name;
  }
  EXPECT_TRUE(std::isinf(of(eight, "embedding").arithmetic)); // looked up: the same numbers
}

} // namespace
} // namespace mase
