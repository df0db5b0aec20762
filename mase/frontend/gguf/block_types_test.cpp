// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/gguf/block_types.h"

#include "mase/frontend/json.h"
#include "mase/support/mapped_file.h"

#include <bit>
#include <gtest/gtest.h>

namespace mase::gguf {
namespace {

/// What the package `gguf` makes of random blocks (scripts/record_gguf_blocks.py).
TEST(BlockTypes, DecodeWhatIsRecorded) {
  const std::string file = MASE_SOURCE_DIR "/mase/frontend/testdata/gguf_blocks.json";
  const Json recorded = parseJson(file, readTextFile(file));
  EXPECT_EQ(recorded.size(), 15U);
  for (const auto &[name, entry] : recorded.items()) {
    const BlockType *type = findBlockType(entry["id"].get<uint32_t>());
    ASSERT_NE(type, nullptr) << name;
    EXPECT_EQ(type->name, name);
    std::vector<std::byte> bytes;
    const std::string hex = entry["bytes"];
    for (size_t i = 0; i < hex.size(); i += 2)
      bytes.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    const auto expected = entry["values"].get<std::vector<uint32_t>>();
    const int64_t blocks = std::ssize(bytes) / type->bytes;
    ASSERT_EQ(blocks * type->bytes, std::ssize(bytes)) << name;
    ASSERT_EQ(blocks * type->elements, std::ssize(expected)) << name;
    std::vector<float> values(expected.size());
    for (int64_t b = 0; b < blocks; ++b)
      type->decode(bytes.data() + b * type->bytes, values.data() + b * type->elements);
    for (size_t i = 0; i < values.size(); ++i)
      ASSERT_EQ(values[i], std::bit_cast<float>(expected[i])) << name << ", element " << i;
  }
}

TEST(BlockTypes, OthersAreNone) {
  EXPECT_EQ(findBlockType(4), nullptr); // Q4_2, which is gone
  EXPECT_EQ(blockTypeNames().substr(0, 15), "F32, F16, BF16,");
}

} // namespace
} // namespace mase::gguf
