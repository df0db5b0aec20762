// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Following a graph: what dissolves into forms, what becomes a source, and what is refused by the node's name.
#include "mase/frontend/onnx/evaluation.h"

#include "mase/frontend/onnx/testing/proto.h"
#include "mase/frontend/refusals.h"
#include "mase/support/damaged.h"
#include "mase/support/mapped_file.h"
#include "mase/support/random.h"

#include <gmock/gmock.h>

namespace mase::onnx {
namespace {
using namespace testing;
using ::testing::HasSubstr;

std::string constants() {
  std::string zeros(8, '\0'), two = std::string("\2\0\0\0\0\0\0\0", 8), big = std::string("\0\0\0\0\0\1\0\0", 8);
  return initializer(tensor("scale", 1, {}, std::string("\0\0\0\x40", 4))) +
         initializer(tensor("zero", 7, {1}, zeros)) + initializer(tensor("two", 7, {1}, two)) +
         initializer(tensor("many", 7, {1}, big)) + initializer(tensor("vector", 1, {4}, floats(4))) +
         initializer(tensor("square", 1, {4, 4}, floats(16))) +
         initializer(tensor("wide", 1, {300, 300}, floats(90000)));
}

/// Of a graph whose node makes `logits` of the embeddings x of five tokens (1 x 5 x 4).
Evaluation follow(std::initializer_list<std::string> behind) {
  const std::string bytes =
      model(nodes({node("Gather", {"table", "input_ids"}, {"x"})}) + nodes(behind) + ids() + table() + constants());
  return evaluate(File::parse("m.onnx", bytesOf(bytes)), {});
}

TEST(OnnxEvaluation, MovesAndScalesDissolve) {
  const Evaluation found =
      follow({node("Transpose", {"x"}, {"a"}, {integers("perm", {0, 2, 1})}), node("Mul", {"a", "scale"}, {"b"}),
              node("Neg", {"b"}, {"c"}), node("Add", {"b", "c"}, {"d"}), node("Add", {"d", "b"}, {"logits"})});
  ASSERT_EQ(found.sources.size(), 2u);
  EXPECT_EQ(found.sources[1].op, "Embedding");
  EXPECT_EQ(found.logits.shape, (Shape{1, 4, 5}));
  const Form form = found.logits.at(1);
  EXPECT_EQ(form.terms[0].index, 4); // token 1, feature 0
  EXPECT_EQ(form.terms[0].factor, 2);
}

TEST(OnnxEvaluation, ArithmeticIsASource) {
  const Evaluation found = follow({node("MatMul", {"x", "square"}, {"a"}), node("Add", {"vector", "a"}, {"b"}),
                                   node("Add", {"x", "b"}, {"logits"})});
  ASSERT_EQ(found.sources.size(), 5u);
  EXPECT_EQ(found.sources[2].op, "Linear");
  EXPECT_EQ(found.sources[3].op, "AddWeight");
  EXPECT_EQ(found.sources[4].op, "Add");
  EXPECT_EQ(found.logits.source, 4);
}

TEST(OnnxEvaluation, ScatteredElementsTakeThePlaceOfOthers) {
  const Evaluation found = follow({node("ScatterND", {"vector", "two", "scale"}, {"a"}), node("Neg", {"x"}, {"b"}),
                                   node("ScatterND", {"x", "zero", "b"}, {"c"}), node("Add", {"c", "a"}, {"logits"})});
  EXPECT_EQ(found.logits.at(2).constant, 2);
  EXPECT_EQ(found.logits.at(6).constant, 2);
  EXPECT_NE(found.logits.at(3).constant, 2);
  EXPECT_EQ(found.logits.at(7).terms[0].factor, -1);
}

std::string refusal(std::initializer_list<std::string> behind) {
  return refusalOf([&] { follow(behind); });
}

TEST(OnnxEvaluation, RefusesByName) {
  const std::pair<const char *, std::string> faults[] = {
      {"is an operator that is not read (docs/onnx.md lists those that are)",
       refusal({node("Loop", {"x"}, {"logits"})})},
      {"has no input 1", refusal({node("Add", {"x"}, {"logits"})})},
      {"needs the numbers of \"x\", which depend on the text", refusal({node("Cos", {"x"}, {"logits"})})},
      {"needs the numbers of \"wide\", which is a large weight (300x300)",
       refusal({node("Cos", {"wide"}, {"logits"})})},
      {"has axis 7 of a tensor of 3 axes", refusal({node("Softmax", {"x"}, {"logits"}, {integer("axis", 7)})})},
      {"works along other axes than the last", refusal({node("Softmax", {"x"}, {"logits"}, {integer("axis", 1)})})},
      {"has operands that do not agree: 1x5x4 and 2",
       refusal({node("Slice", {"vector", "zero", "two", "zero"}, {"a"}), node("Add", {"x", "a"}, {"logits"})})},
      {"turns 1x5x4 into 2, which has other elements", refusal({node("Reshape", {"x", "two"}, {"logits"})})},
      {"makes a tensor that is too large (1099511627776)",
       refusal({node("ConstantOfShape", {"many"}, {"a"}), node("Add", {"x", "a"}, {"logits"})})},
      {"raises to a power that is not read", refusal({node("Pow", {"x", "zero"}, {"logits"})})},
      {"multiplies 1x5x4 by 300x300", refusal({node("MatMul", {"x", "wide"}, {"logits"})})},
      {"has an approximation that is not read",
       refusal({node("Gelu", {"x"}, {"logits"}, {text("approximate", "best")})})},
      {"has a perm that is no order of the axes",
       refusal({node("Transpose", {"x"}, {"logits"}, {integers("perm", {0, 1, 1})})})},
      {"reads place 1099511627776 of an axis of 4",
       refusal({node("Gather", {"vector", "many"}, {"a"}), node("Add", {"x", "a"}, {"logits"})})},
      {"has places that do not fit its input", refusal({node("ScatterND", {"vector", "zero", "x"}, {"logits"})})},
      {"reads place 2 of an axis of 1", refusal({node("ScatterND", {"x", "two", "x"}, {"logits"})})},
      {"has a reduction, or places that do not fit its input",
       refusal({node("ScatterND", {"x", "zero", "x"}, {"logits"}, {text("reduction", "add")})})},
      {"has parts that do not add up to its input", refusal({node("Split", {"x", "two"}, {"logits"})})},
      {"joins tensors that do not agree", refusal({node("Concat", {"x", "vector"}, {"logits"})})},
      {"turns what depends on the text into integers", refusal({node("Cast", {"x"}, {"logits"}, {integer("to", 7)})})},
      {"makes \"b\", an output that is not read",
       refusal({node("Relu", {"x"}, {"a", "b"}), node("Add", {"a", "b"}, {"logits"})})}};
  for (const auto &[said, found] : faults) {
    EXPECT_THAT(found, HasSubstr(said));
    EXPECT_EQ(found.find('\n'), std::string::npos);
  }
  EXPECT_THAT(refusal({node("Loop", {"x"}, {"logits"})}), HasSubstr("m.onnx: node \"the Loop\" (Loop) is an operator"));
}

std::string refusalOfGraph(const std::string &graph) {
  const std::string bytes = model(graph);
  return refusalOf([&] { evaluate(File::parse("m.onnx", bytesOf(bytes)), {}); });
}

TEST(OnnxEvaluation, RefusesInputsAndOutputsThatAreOthers) {
  const std::string logits = field(12, input("logits", {1}));
  const auto with = [&](const std::string &name, std::initializer_list<int64_t> shape) {
    return refusalOfGraph(field(11, input(name, shape)) + logits);
  };
  EXPECT_THAT(refusalOfGraph(field(12, input("hidden", {1}))),
              HasSubstr("m.onnx: has no output logits (a language model or a classifier of texts has)"));
  EXPECT_THAT(with("pixels", {1, -1}), HasSubstr("the input \"pixels\" is not known (known: input_ids, attention_mask, "
                                                 "position_ids, token_type_ids, past_key_values)"));
  EXPECT_THAT(with("input_ids", {2, -1}),
              HasSubstr("is 2x-1 (one text: 1 x tokens, of caches 1 x heads x tokens x features)"));
  EXPECT_THAT(with("attention_mask", {1, 9}), HasSubstr("is fixed to 9 tokens (the ids to 5)"));
  EXPECT_THAT(with("past_key_values.0.key", {1, -1, -1, -1}), HasSubstr("has heads or features of no size"));
  EXPECT_THAT(refusalOfGraph(initializer(tensor("logits", 1, {}, floats(1))) + logits),
              HasSubstr("its logits do not depend on the text"));
}

TEST(OnnxEvaluation, DamagedModels) {
  const std::string text = readTextFile(std::filesystem::path(MASE_SOURCE_DIR) / "models/onnx/llama-dynamo/model.onnx");
  int read = 0, refused = 0;
  for (uint64_t i = 0; i < 300; ++i) {
    Random random(0x0111, i);
    const std::string bad = damaged(text, random);
    const std::string said =
        refusalOf([&] { evaluate(File::parse("m.onnx", bytesOf(bad)), {.length = 5, .padding = -1}); });
    EXPECT_EQ(said.find('\n'), std::string::npos) << said;
    ++(said == "accepted" ? read : refused);
  }
  EXPECT_GT(read, 3);
  EXPECT_GT(refused, 30);
}

} // namespace
} // namespace mase::onnx
