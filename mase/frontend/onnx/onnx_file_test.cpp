// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the reader of ONNX files takes and what it refuses, each fault in a file of its own.
#include "mase/frontend/onnx/onnx_file.h"

#include "mase/frontend/onnx/testing/proto.h"
#include "mase/frontend/refusals.h"

#include <cmath>
#include <fstream>
#include <gmock/gmock.h>

namespace mase::onnx {
namespace {
using namespace testing;
using ::testing::HasSubstr;

std::string refusal(const std::string &bytes) {
  return refusalOf([&] { File::parse("m.onnx", bytesOf(bytes)); });
}

TEST(OnnxFile, ReadsNodesInOrderAndTensorsWhereTheyLie) {
  const std::string bytes = model(
      nodes({node("Relu", {"b"}, {"logits"}), node("Gather", {"table", "input_ids"}, {"b"}, {integer("axis", 0)})}) +
      ids() + table() +
      initializer(shapeOf({2}) + field(2, uint64_t{7}) + field(7, varint(3) + varint(4)) +
                  field(8, std::string("two"))));
  const File file = File::parse("m.onnx", bytesOf(bytes));
  EXPECT_EQ(file.opset(), 20);
  ASSERT_EQ(file.nodes().size(), 2u);
  EXPECT_EQ(file.nodes()[0].op, "Gather");
  EXPECT_EQ(file.nodes()[0].attributes.at("axis").integer, 0);
  EXPECT_EQ(file.inputs()[0].shape, (std::vector<int64_t>{1, -1}));
  const StoredTensor &table = *file.initializers().at("table");
  EXPECT_EQ(table.elements, 24);
  EXPECT_GE(table.bytes.data(), bytesOf(bytes).data());
  EXPECT_LT(table.bytes.data(), bytesOf(bytes).data() + bytes.size());
  EXPECT_EQ(numbersOf(*file.initializers().at("two"), 2), (std::vector<double>{3, 4}));
  EXPECT_THAT(refusalOf([&] { numbersOf(table, 5); }), HasSubstr("is too large where a small one is read (at most 5"));
}

TEST(OnnxFile, RefusesWhatIsNoMessage) {
  EXPECT_THAT(refusal(""), HasSubstr("m.onnx: is no ONNX model (it has no graph)"));
  EXPECT_THAT(refusal("\x3a\x7f\x01"), HasSubstr("is no ONNX model, or is truncated: a field of 127 bytes"));
  EXPECT_THAT(refusal(std::string(11, '\xff')),
              HasSubstr("is no ONNX model: a number of more than 64 bits (at byte 10)"));
  EXPECT_THAT(refusal("\x3b\x01"), HasSubstr("is no ONNX model: no field of protocol buffers (at byte"));
  EXPECT_THAT(refusal(field(7, uint64_t{1})), HasSubstr("field 7 has another type (at byte 2)"));
  EXPECT_THAT(refusal(model(field(1, field(4, std::string("\xff"))))),
              HasSubstr("holds a text that is not UTF-8 (at byte"));
}

TEST(OnnxFile, ReadsNumbersOfEachType) {
  const std::string halves = std::string("\x00\x3c\x00\xfc\x01\x00\x00\xc0", 8);
  const std::string bytes =
      model(initializer(tensor("f16", 10, {4}, halves)) + initializer(tensor("bf16", 16, {1}, "\x80\xbf")) +
            initializer(tensor("i8", 3, {2}, "\xff\x02")) + initializer(tensor("u8", 2, {1}, "\xff")) +
            initializer(tensor("i32", 6, {1}, "\xff\xff\xff\xff")) +
            initializer(tensor("f64", 11, {1}, std::string("\0\0\0\0\0\0\xf0\x3f", 8))));
  const File file = File::parse("m.onnx", bytesOf(bytes));
  const auto numbers = [&](const char *name) { return numbersOf(*file.initializers().at(name), 4); };
  EXPECT_EQ(numbers("f16"), (std::vector<double>{1, -HUGE_VAL, 0x1p-24, -2}));
  EXPECT_EQ(numbers("bf16"), (std::vector<double>{-1}));
  EXPECT_EQ(numbers("i8"), (std::vector<double>{-1, 2}));
  EXPECT_EQ(numbers("u8"), (std::vector<double>{255}));
  EXPECT_EQ(numbers("i32"), (std::vector<double>{-1}));
  EXPECT_EQ(numbers("f64"), (std::vector<double>{1}));
}

struct Fault {
  const char *said;
  std::string graph;
  uint64_t opset = 20;
};

TEST(OnnxFile, RefusesFaultyGraphs) {
  const std::string relu = node("Relu", {"input_ids"}, {"logits"});
  const std::string f32 = field(2, uint64_t{1}) + field(8, std::string("t"));
  const std::vector<Fault> faults = {
      {"has operators of version 9 (read: opset 13 to 25)", nodes({relu}) + ids(), 9},
      {"has operators of version 0 (read", nodes({relu}) + ids(), 0},
      {"has sparse initializers (read: dense ones)", field(15, std::string())},
      {"the initializer \"table\" stands twice", table() + table()},
      {"the input \"input_ids\" stands twice", ids() + ids()},
      {"an input has no sensible shape", field(11, input("x", {int64_t{1} << 60}))},
      {"a node \"Relu\" has the attribute \"axis\" twice",
       nodes({node("Relu", {}, {"a"}, {integer("axis", 0), integer("axis", 0)})})},
      {"\"a\" is made twice (the second time by a node \"Relu\")",
       nodes({node("Relu", {"input_ids"}, {"a"}), node("Relu", {"input_ids"}, {"a"})}) + ids()},
      {"node \"the Relu\" (Relu) reads \"b\", which nothing makes", nodes({node("Relu", {"b"}, {"a"})})},
      {"node \"the Add\" (Add) is in a cycle, or reads one",
       nodes({node("Add", {"input_ids", "c"}, {"b"}), node("Relu", {"b"}, {"c"})}) + ids()},
      {"node \"the Relu\" (Relu) is in a cycle, or reads one", nodes({node("Relu", {"a"}, {"a"})})},
      {"tensor \"t\" has elements of type 8 (read: 1, 2, 3, 6, 7, 9, 10, 11, 16)",
       initializer(tensor("t", 8, {1}, ""))},
      {"tensor \"t\": no sensible shape: 4294967296x4294967296",
       initializer(tensor("t", 1, {1ull << 32, 1ull << 32}, ""))},
      {"tensor \"t\": no sensible shape: -1", initializer(tensor("t", 1, {~0ull}, ""))},
      {"tensor \"t\" of shape 3 has 2 elements in the file", initializer(tensor("t", 1, {3}, floats(2)))},
      {"tensor \"t\" of shape 1099511627776 has 0 elements in the file", initializer(tensor("t", 1, {1ull << 40}, ""))},
      {"tensor \"t\" of shape 2 has 2 elements in the file", initializer(tensor("t", 1, {2}, floats(2) + "x"))},
      {"tensor \"t\" lists its numbers one by one (packed, raw or external data is read)",
       initializer(shapeOf({1}) + f32 + varint(4 << 3 | 5) + floats(1))},
      {"tensor \"t\": \"../x\" is not the name of a file beside the model",
       initializer(shapeOf({1}) + f32 + field(14, uint64_t{1}) +
                   field(13, field(1, std::string("location")) + field(2, std::string("../x"))))}};
  for (const Fault &fault : faults) {
    const std::string said = refusal(model(fault.graph, fault.opset));
    EXPECT_THAT(said, HasSubstr(fault.said));
    EXPECT_THAT(said, ::testing::StartsWith("m.onnx: "));
    EXPECT_EQ(said.find('\n'), std::string::npos);
  }
  EXPECT_THAT(refusal(model("") + model("")), HasSubstr("has two graphs"));
}

/// A model whose tensors lie in m.data: name, offset and length, as text.
std::string outside(const std::vector<std::array<std::string, 3>> &tensors) {
  std::string graph;
  for (const auto &[name, offset, length] : tensors) {
    const auto entry = [](const std::string &key, const std::string &value) {
      return field(13, field(1, key) + field(2, value));
    };
    graph += initializer(shapeOf({2}) + field(2, uint64_t{1}) + field(8, name) + field(14, uint64_t{1}) +
                         entry("location", "m.data") + entry("offset", offset) + entry("length", length));
  }
  return model(graph);
}

TEST(OnnxFile, MapsExternalData) {
  ScratchFolder folder("onnx-outside");
  std::ofstream(folder / "m.data", std::ios::binary) << std::string(8, '\0') + floats(4);
  const auto open = [&](const std::string &bytes) {
    std::filesystem::remove(folder / "m.onnx");
    std::ofstream(folder / "m.onnx", std::ios::binary) << bytes;
    return File::open(folder / "m.onnx");
  };
  const File file = open(outside({{"a", "0", "8"}, {"b", "8", "8"}, {"c", "16", "8"}}));
  EXPECT_EQ(numbersOf(*file.initializers().at("a"), 2), (std::vector<double>{0, 0}));
  EXPECT_EQ(numbersOf(*file.initializers().at("c"), 2), (std::vector<double>{1, 1}));
  const auto refused = [&](const std::string &bytes) { return refusalOf([&] { open(bytes); }); };
  EXPECT_THAT(refused(outside({{"a", "0", "8"}, {"b", "4", "8"}})),
              HasSubstr("m.data: tensors \"a\" and \"b\" overlap"));
  EXPECT_THAT(refused(outside({{"a", "20", "8"}})),
              HasSubstr("tensor \"a\" passes the end of its 24 bytes of external data (is it truncated?)"));
  EXPECT_THAT(refused(outside({{"a", "18446744073709551615", "8"}})), HasSubstr("passes the end of its 24 bytes"));
  EXPECT_THAT(refused(outside({{"a", "0", "12"}})), HasSubstr("has 3 elements in the file"));
  EXPECT_THAT(refused(outside({{"a", "x", "8"}})), HasSubstr("tensor \"a\": \"x\" is no place in external data"));
}

} // namespace
} // namespace mase::onnx
