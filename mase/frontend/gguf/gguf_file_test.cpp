// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/gguf/gguf_file.h"

#include "mase/frontend/gguf/testing/gguf_bytes.h"
#include "mase/frontend/refusals.h"
#include "mase/support/damaged.h"
#include "mase/support/output.h"

#include <gmock/gmock.h>

namespace mase::gguf {
namespace {
using testing::Bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::raw;
using testing::text;

class GgufFile : public ::testing::Test {
protected:
  ScratchFolder folder{"gguf"};

  static Bytes good() {
    Bytes bytes;
    bytes.addText("general.architecture", "llama");
    bytes.addInteger("a.count", 7);
    bytes.addNumber("a.number", 0.5F);
    bytes.addFlag("a.flag", true);
    bytes.addTexts("a.texts", {"one", "", "drei"});
    bytes.addIntegers("a.integers", {-1, 5});
    bytes.addTensor("first", {2, 3}, 0, std::string(24, '\0'));
    bytes.addTensor("second", {32}, 8, std::string(34, '\1'));
    return bytes;
  }
  File open(const std::string &bytes) const {
    writeFile(folder / "m.gguf", bytes);
    return File::open(folder / "m.gguf");
  }
  std::string refusal(const std::string &bytes) const {
    return refusalOf([&] { open(bytes); });
  }
};

TEST_F(GgufFile, ValuesAndTensorsAreFound) {
  for (uint32_t version : {2U, 3U}) {
    Bytes bytes = good();
    bytes.version = version;
    const File file = open(bytes.bytes());
    EXPECT_EQ(file.text("general.architecture"), "llama");
    EXPECT_EQ(file.integer("a.count", 0, 10), 7);
    EXPECT_EQ(file.number("a.number"), 0.5);
    EXPECT_TRUE(file.flag("a.flag"));
    EXPECT_THAT(file.texts("a.texts"), ElementsAre("one", "", "drei"));
    EXPECT_THAT(file.integers("a.integers"), ElementsAre(-1, 5));
    EXPECT_THAT(file.keys("a."), ElementsAre("a.count", "a.flag", "a.integers", "a.number", "a.texts"));
    ASSERT_EQ(file.tensors().size(), 2U);
    EXPECT_THAT(file.tensors()[0].shape, ElementsAre(2, 3));
    EXPECT_EQ(file.tensors()[1].bytes.size(), 34U);
    EXPECT_EQ(std::to_integer<int>(file.tensors()[1].bytes[33]), 1);
  }
}

TEST_F(GgufFile, ValuesOfAnotherTypeAreRefused) {
  const File file = open(good().bytes());
  const auto refused = [](const auto &read) { return refusalOf([&] { read(); }); };
  EXPECT_THAT(refused([&] { file.text("a.count"); }), HasSubstr("m.gguf: a.count is no text"));
  EXPECT_THAT(refused([&] { file.integer("a.count", 8, 9); }), HasSubstr("a.count is no integer from 8 to 9"));
  EXPECT_THAT(refused([&] { file.number("a.count"); }), HasSubstr("a.count is no number"));
  EXPECT_THAT(refused([&] { file.flag("a.count"); }), HasSubstr("a.count is neither true nor false"));
  EXPECT_THAT(refused([&] { file.texts("a.integers"); }), HasSubstr("a.integers is no array of texts"));
  EXPECT_THAT(refused([&] { file.integers("a.texts"); }), HasSubstr("a.texts is no array of 32-bit integers"));
  EXPECT_THAT(refused([&] { file.text("a.absent"); }), HasSubstr("has no a.absent"));
  Bytes bytes;
  bytes.addTexts("a.texts", {"\xff"});
  EXPECT_THAT(refused([&] { open(bytes.bytes()).texts("a.texts"); }), HasSubstr("holds a text that is not UTF-8"));
}

TEST_F(GgufFile, DamagedHeadersAreRefused) {
  EXPECT_THAT(refusal("GGML...."), HasSubstr("is no GGUF file (it does not begin with GGUF)"));
  EXPECT_THAT(refusal("GGU"), HasSubstr("is no GGUF file"));
  Bytes bytes = good();
  bytes.version = 1;
  EXPECT_THAT(refusal(bytes.bytes()), HasSubstr("is GGUF of version 1 (read: 2 and 3, little-endian)"));
  EXPECT_THAT(refusal(good().bytes().substr(0, 40)), HasSubstr("ends inside"));
  bytes = good();
  bytes.addText("a.count", "again");
  EXPECT_THAT(refusal(bytes.bytes()), HasSubstr("the key \"a.count\" stands twice"));
  // Found by fuzzing: it reached the line of an error.
  bytes = good();
  bytes.addText("llama.rope\n", "x");
  EXPECT_THAT(refusal(bytes.bytes()), HasSubstr("the key \"llama.rope\\n\" is not ASCII without spaces"));
  bytes = good();
  bytes.values.push_back(text("a.odd") + raw<uint32_t>(13) + raw<uint64_t>(0));
  EXPECT_THAT(refusal(bytes.bytes()), HasSubstr("a value has type 13, which GGUF has none of (at byte "));
  bytes = good();
  bytes.values.push_back(text("a.deep") + raw<uint32_t>(9) + raw<uint32_t>(9) + raw<uint64_t>(1));
  EXPECT_THAT(refusal(bytes.bytes()), HasSubstr("has an array of arrays (at byte "));
  bytes = good();
  bytes.values.push_back(text("a.long") + raw<uint32_t>(9) + raw<uint32_t>(5) + raw(UINT64_MAX / 2));
  EXPECT_THAT(refusal(bytes.bytes()), HasSubstr(" elements does not fit into the file (at byte "));
}

TEST_F(GgufFile, DamagedTensorsAreRefused) {
  const auto with = [](const std::string &entry) {
    Bytes bytes = good();
    bytes.tensors.push_back(entry);
    return bytes.bytes();
  };
  const auto entry = [](const char *name, uint64_t size, uint32_t type, uint64_t offset) {
    return text(name) + raw<uint32_t>(1) + raw(size) + raw(type) + raw(offset);
  };
  EXPECT_THAT(refusal(with(text("t") + raw<uint32_t>(5))), HasSubstr("tensor \"t\" has 5 dimensions (1 to 4)"));
  EXPECT_THAT(refusal(with(entry("t", 0, 0, 0))), HasSubstr("tensor \"t\": no sensible size: 0"));
  EXPECT_THAT(refusal(with(entry("t", uint64_t{1} << 60, 0, 0))), HasSubstr("no sensible size"));
  EXPECT_THAT(refusal(with(entry("t", 32, 4, 0))), HasSubstr("has ggml type 4 (read: F32, F16, BF16, Q4_0"));
  EXPECT_THAT(refusal(with(entry("t", 33, 8, 0))), HasSubstr("rows of 33 elements are no whole blocks of Q8_0"));
  EXPECT_THAT(refusal(with(entry("t", 1, 0, 3))), HasSubstr("begins at 3, no multiple of 32"));
  EXPECT_THAT(refusal(with(entry("t", 1 << 20, 0, 0))), HasSubstr("tensor \"t\" passes the end of the file"));
  EXPECT_THAT(refusal(with(entry("t", 1, 0, 0))), HasSubstr("overlap"));
  EXPECT_THAT(refusal(with(entry("first", 1, 0, 0))), HasSubstr("the tensor \"first\" stands twice"));
}

TEST_F(GgufFile, ThousandsOfDamagedFilesAreReadOrRefused) {
  const std::string whole = good().bytes();
  int refused = 0;
  for (int i = 0; i < 1500; ++i) {
    Random random(0x66F, static_cast<uint64_t>(i));
    const std::string said = refusal(damaged(whole, random));
    refused += said == "accepted" ? 0 : 1;
    EXPECT_EQ(said.find('\n'), std::string::npos) << said;
  }
  EXPECT_GT(refused, 700);
}

} // namespace
} // namespace mase::gguf
