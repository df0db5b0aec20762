// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/safetensors.h"

#include "mase/frontend/json.h"
#include "mase/frontend/refusals.h"
#include "mase/support/output.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

struct Safetensors : testing::Test {
  ScratchFolder folder{"safetensors"};

  TensorTable open(const std::string &header, const std::string &data) {
    writeFile(folder / "model.safetensors", safetensorsOf(header, data));
    return openSafetensors(folder.path());
  }
  std::string refusal(const std::string &header, const std::string &data = "") {
    return refusalOf([&] { open(header, data); });
  }
};

std::string entry(const char *name, const char *dtype, const char *shape, const char *offsets) {
  return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":{}}})", name, dtype, shape, offsets);
}

TEST_F(Safetensors, TensorsLieWhereTheHeaderSays) {
  TensorTable table = open("{\"__metadata__\":{\"format\":\"pt\"}," + entry("b", "U8", "[3]", "[0,3]") + "," +
                               entry("a", "BF16", "[2,1]", "[3,7]") + "," + entry("s", "F32", "[]", "[7,11]") + "," +
                               entry("e", "F32", "[0,5]", "[7,7]") + "}  ",
                           std::string("xyz\x80\x3f\x00\xc0\x00\x00\x00\x40", 11));
  ASSERT_EQ(table.tensors().size(), 4u);
  const Tensor *a = table.find("a");
  ASSERT_TRUE(a);
  EXPECT_THAT(a->shape, ElementsAre(2, 1));
  EXPECT_EQ(a->dtype, Dtype::BF16);
  EXPECT_EQ(a->elements, 2);
  float values[2];
  toFloat(*a, values);
  EXPECT_THAT(values, ElementsAre(1.0f, -2.0f));
  toFloat(*table.find("s"), values);
  EXPECT_EQ(values[0], 2.0f);
  EXPECT_EQ(shapeText(table.find("s")->shape), "scalar");
  EXPECT_EQ(table.find("e")->elements, 0);
  EXPECT_EQ(table.find("c"), nullptr);
  TensorTable moved = std::move(table);
  EXPECT_EQ(moved.find("b")->bytes[0], std::byte{'x'});
}

TEST_F(Safetensors, RefusesBadHeaders) {
  const std::string four = "1234";
  EXPECT_THAT(refusal("[]"), HasSubstr("the outermost value is not an object"));
  EXPECT_THAT(refusal("{"), HasSubstr("is not valid JSON (it ends early)"));
  EXPECT_THAT(refusal("{" + entry("a", "F32", "[1]", "[0,4]") + "," + entry("a", "F32", "[1]", "[0,4]") + "}", four),
              HasSubstr("the key \"a\" appears twice"));
  EXPECT_THAT(refusal(R"({"__metadata__":{"x":1}})"), HasSubstr("__metadata__.x is \"1\", not a string"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"stride":1}})", four),
              HasSubstr("tensor \"a\" has an unknown member \"stride\" (known: dtype, shape, data_offsets)"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F32","shape":[1]}})", four), HasSubstr("\"a\".data_offsets is missing"));
  EXPECT_THAT(refusal("{" + entry("a", "F31", "[1]", "[0,4]") + "}", four),
              HasSubstr("tensor \"a\" has an unknown dtype \"F31\""));
  EXPECT_THAT(refusal("{" + entry("a", "F32", "[-1]", "[0,4]") + "}", four),
              HasSubstr("\"a\".shape holds \"-1\", not a size"));
  EXPECT_THAT(refusal("{" + entry("a", "F32", "[1.0]", "[0,4]") + "}", four), HasSubstr("not a size"));
  EXPECT_THAT(refusal("{" + entry("a", "F32", "[4294967296,4294967296]", "[0,4]") + "}", four),
              HasSubstr("tensor \"a\" of shape 4294967296x4294967296 is too large"));
  EXPECT_THAT(refusal("{" + entry("a", "F32", "[1]", "[4]") + "}", four),
              HasSubstr("tensor \"a\" has 1 data_offsets (2: begin and end)"));
  EXPECT_THAT(refusal("{" + entry("a", "F32", "[1]", "[4,0]") + "}", four),
              HasSubstr("has data_offsets [4, 0] outside the file's 4 bytes of data (is the file truncated?)"));
  EXPECT_THAT(refusal("{" + entry("a", "F32", "[2]", "[0,8]") + "}", four), HasSubstr("outside the file's 4 bytes"));
  EXPECT_THAT(refusal("{" + entry("a", "BF16", "[1,3]", "[0,4]") + "}", four),
              HasSubstr("tensor \"a\" has 4 bytes, but BF16 of shape 1x3 needs 6"));
}

TEST_F(Safetensors, RefusesHolesAndOverlaps) {
  auto two = [&](const char *first, const char *second) {
    return refusal("{" + entry("a", "U8", "[2]", first) + "," + entry("b", "U8", "[2]", second) + "}", "12345");
  };
  EXPECT_THAT(two("[0,2]", "[1,3]"), HasSubstr("tensor \"b\" overlaps another"));
  EXPECT_THAT(two("[0,2]", "[0,2]"), HasSubstr("overlaps another"));
  EXPECT_THAT(two("[3,5]", "[0,2]"), HasSubstr("1 bytes in front of tensor \"a\" belong to no tensor"));
  EXPECT_THAT(two("[0,2]", "[2,4]"), HasSubstr("the last 1 bytes belong to no tensor"));
}

TEST_F(Safetensors, RefusesTruncatedFiles) {
  std::string file = safetensorsOf("{" + entry("a", "F32", "[2]", "[0,8]") + "}", "12345678");
  for (size_t size = 0; size < file.size(); ++size) {
    writeFile(folder / "model.safetensors", file.substr(0, size));
    std::string said = refusalOf([&] { openSafetensors(folder.path()); });
    if (size < 8)
      EXPECT_THAT(said, HasSubstr(fmt::format(": is too short for a safetensors file ({} bytes)", size)));
    else if (size < file.size() - 8)
      EXPECT_THAT(said, HasSubstr(" follow (is the file truncated, or no safetensors file?)"));
    else
      EXPECT_THAT(said, HasSubstr("is the file truncated?"));
  }
}

TEST_F(Safetensors, RefusesWhatIsNotFinite) {
  const uint32_t f32[] = {0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001};
  for (uint32_t bits : f32) {
    std::string data(4 * 5000, '\0');
    std::memcpy(data.data() + 4 * 4999, &bits, 4);
    TensorTable table = open("{" + entry("w", "F32", "[5000]", "[0,20000]") + "}", data);
    std::vector<float> out(5000);
    EXPECT_THAT(refusalOf([&] { toFloat(*table.find("w"), out.data()); }),
                HasSubstr("tensor \"w\" (5000) holds a NaN or an infinity at element 4999"));
  }
}

TEST_F(Safetensors, RefusesIntegersAsWeights) {
  TensorTable table = open("{" + entry("w", "I8", "[2]", "[0,2]") + "}", "12");
  float out[2];
  EXPECT_THAT(refusalOf([&] { toFloat(*table.find("w"), out); }),
              HasSubstr("tensor \"w\" holds I8, which are no weights (read: F32, F16, BF16)"));
}

/// The value of an fp16 by its definition.
float fp16Value(uint32_t bits) {
  int exponent = static_cast<int>(bits >> 10 & 31);
  float magnitude = exponent == 31  ? (bits & 0x3ff ? NAN : INFINITY)
                    : exponent == 0 ? std::ldexp(static_cast<float>(bits & 0x3ff), -24)
                                    : std::ldexp(static_cast<float>(0x400 | (bits & 0x3ff)), exponent - 25);
  return std::copysign(magnitude, bits & 0x8000 ? -1.0f : 1.0f);
}

TEST_F(Safetensors, EverySixteenBitValueConvertsExactly) {
  for (const char *dtype : {"F16", "BF16"}) {
    bool half = std::string(dtype) == "F16";
    for (uint32_t bits = 0; bits < 0x10000; ++bits) {
      uint16_t stored = static_cast<uint16_t>(bits);
      Tensor tensor;
      tensor.dtype = half ? Dtype::F16 : Dtype::BF16;
      tensor.elements = 1;
      tensor.bytes = std::as_bytes(std::span(&stored, 1));
      uint32_t shifted = bits << 16;
      float expected, found = 0;
      std::memcpy(&expected, &shifted, 4);
      expected = half ? fp16Value(bits) : expected;
      if (!std::isfinite(expected)) {
        ASSERT_NE(refusalOf([&] { toFloat(tensor, &found); }), "accepted") << bits;
        continue;
      }
      toFloat(tensor, &found);
      ASSERT_EQ(std::bit_cast<uint32_t>(found), std::bit_cast<uint32_t>(expected)) << dtype << " " << bits;
    }
  }
}

struct Sharded : Safetensors {
  void SetUp() override {
    writeFile(folder / "1.safetensors", safetensorsOf("{" + entry("a", "U8", "[1]", "[0,1]") + "}", "x"));
    writeFile(folder / "2.safetensors", safetensorsOf("{" + entry("b", "U8", "[1]", "[0,1]") + "}", "y"));
  }
  std::string refusalOfMap(const std::string &map) {
    writeFile(folder / "model.safetensors.index.json", R"({"metadata":{},"weight_map":)" + map + "}");
    return refusalOf([&] { openSafetensors(folder.path()); });
  }
};

TEST_F(Sharded, ShardsAreOneTable) {
  ASSERT_EQ(refusalOfMap(R"({"a":"1.safetensors","b":"2.safetensors"})"), "accepted");
  TensorTable table = openSafetensors(folder.path());
  EXPECT_EQ(table.find("a")->bytes[0], std::byte{'x'});
  EXPECT_EQ(table.find("b")->bytes[0], std::byte{'y'});
}

TEST_F(Sharded, RefusesABadIndex) {
  EXPECT_THAT(refusalOf([&] { openSafetensors(folder.path()); }),
              HasSubstr(": holds neither model.safetensors nor model.safetensors.index.json"));
  EXPECT_THAT(refusalOf([&] { openSafetensors(folder / "none"); }), HasSubstr(": is not a model directory"));
  EXPECT_THAT(refusalOfMap("[]"), HasSubstr("weight_map is not an object"));
  EXPECT_THAT(refusalOfMap(R"({"a":1})"), HasSubstr("weight_map.a is \"1\", not a string"));
  for (const char *outside : {"../1.safetensors", "/etc/x.safetensors", "sub/1.safetensors", "..", "", "1.bin"})
    EXPECT_THAT(refusalOfMap(fmt::format(R"({{"a":"{}"}})", outside)),
                HasSubstr("is not the name of a .safetensors file beside the index"));
  EXPECT_THAT(refusalOfMap(R"({"a":"3.safetensors"})"), HasSubstr("cannot be opened"));
  EXPECT_THAT(refusalOfMap(R"({"a":"1.safetensors","b":"1.safetensors"})"),
              HasSubstr("tensor \"b\" is not in 1.safetensors"));
  EXPECT_THAT(refusalOfMap(R"({"a":"1.safetensors","b":"2.safetensors","c":"2.safetensors"})"),
              HasSubstr("tensor \"c\" is not in 2.safetensors"));
  writeFile(folder / "2.safetensors",
            safetensorsOf("{" + entry("b", "U8", "[1]", "[0,1]") + "," + entry("d", "U8", "[1]", "[1,2]") + "}", "yz"));
  EXPECT_THAT(refusalOfMap(R"({"a":"1.safetensors","b":"2.safetensors"})"), HasSubstr("is not in the index"));
  writeFile(folder / "2.safetensors", safetensorsOf("{" + entry("a", "U8", "[1]", "[0,1]") + "}", "y"));
  EXPECT_THAT(refusalOfMap(R"({"a":"1.safetensors","b":"2.safetensors"})"), HasSubstr("tensor \"a\" is also in"));
}

} // namespace
} // namespace mase
