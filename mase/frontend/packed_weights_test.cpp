// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The layout of docs/checkpoints.md, byte by byte, and what is refused of it.
#include "mase/frontend/packed_weights.h"

#include "mase/formats/registry.h"
#include "mase/frontend/refusals.h"
#include "mase/frontend/safetensors_writer.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"
#include "mase/support/random.h"

#include <cstring>
#include <fstream>
#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct PackedWeights : testing::Test {
  ScratchFolder folder{"packed"};
  std::filesystem::path file = folder / "model.safetensors";

  static std::vector<float> sample(int64_t count) {
    Random random(77);
    std::vector<float> values(static_cast<size_t>(count));
    for (float &value : values)
      value = std::ldexp(static_cast<float>(random.uniform() - 0.5), static_cast<int>(random.below(6)));
    return values;
  }

  // Stores `w` as the only weight, in a file that `edit` may spoil: entries, metadata, bytes by tensor.
  struct Stored {
    std::map<std::string, std::string> metadata;
    std::vector<TensorEntry> entries;
    std::map<std::string, std::vector<std::byte>> bytes;
  };
  static Stored stored(const Format &format, ConstMatrixView w) {
    const EncodedMatrix codes = format.encode(w);
    Stored result = {storedMetadata("w", format, w.rows, w.cols), {}, {}};
    for (const StoredPart &part : storedParts(format, w.rows, w.cols)) {
      const PackedCodes &stored = storedCodes(codes, part);
      result.entries.push_back({"w" + part.suffix, part.dtype, part.shape, part.bytes});
      const auto *begin = reinterpret_cast<const std::byte *>(stored.data());
      result.bytes["w" + part.suffix].assign(begin, begin + stored.bytes().size());
    }
    return result;
  }
  void write(const Stored &stored) {
    SafetensorsWriter writer(file, stored.metadata, stored.entries);
    for (const TensorEntry &entry : stored.entries)
      writer.write(entry.name, stored.bytes.at(entry.name));
    writer.finish();
  }
  std::string refusal(const char *format, const std::function<void(Stored &)> &edit) {
    const std::vector<float> values = sample(int64_t{4} * 64);
    Stored what = stored(parseFormat(format), {values.data(), 4, 64});
    edit(what);
    write(what);
    return refusalOf([&] {
      const TensorTable table = TensorTable::openFile(file);
      std::vector<float> out(4 * 64);
      toFloat(*table.find("w"), out.data());
    });
  }
};

std::vector<std::string> storableFormats() {
  std::vector<std::string> names;
  for (const FormatFamily &family : formatFamilies())
    for (const std::string &name : family.examples())
      if (whyNotStorable(parseFormat(name)).empty())
        names.push_back(name);
  return names;
}

TEST_F(PackedWeights, EveryFormatComesBackFromItsFile) {
  for (const std::string &name : storableFormats())
    for (int64_t cols : {64, 77}) {
      const Format &format = parseFormat(name);
      const int64_t rows = 21;
      std::vector<float> values = sample(rows * cols), got(values.size());
      for (float &value : values) // within the range of the plain floats
        value = std::min(1.0F, std::max(-1.0F, value));
      write(stored(format, {values.data(), rows, cols}));
      const TensorTable table = TensorTable::openFile(file);
      ASSERT_EQ(table.tensors().size(), 1U) << name;
      EXPECT_THAT(table.find("w")->shape, ElementsAre(rows, cols));
      EXPECT_EQ(table.find("w")->packed->format, &format);
      toFloat(*table.find("w"), got.data());
      format.fakeQuantize({values.data(), rows, cols}, {values.data(), rows, cols});
      EXPECT_EQ(got, values) << name; // as numbers: some formats have one zero (F9)
    }
}

TEST_F(PackedWeights, SizesAreWhatBitsPerElementSay) {
  for (const char *name : {"mxint2", "mxint3", "mxint4", "mxint5", "mxint6", "mxint7", "mxint8", "mxint9", "mxint11",
                           "mxfp4", "mxfp6_e2m3", "mxfp8_e4m3", "mxint4:1x16/e4", "mxint4:16x2", "bl3", "nvfp4"}) {
    const Format &format = parseFormat(name);
    const bool outer = std::string_view(name) == "nvfp4";
    int64_t bytes = outer ? -4 : 0;
    for (const StoredPart &part : storedParts(format, 256, 512))
      bytes += part.bytes;
    EXPECT_EQ(static_cast<double>(bytes) * 8, format.bitsPerElement() * 256 * 512) << name;
  }
}

TEST_F(PackedWeights, TagsAreThoseOfSafetensorsWhereItHasThem) {
  const auto text = [](const char *name, int64_t cols) {
    std::string all;
    for (const StoredPart &part : storedParts(parseFormat(name), 48, cols))
      all += fmt::format("{}:{}:{} ", part.suffix, part.dtype, shapeText(part.shape));
    return all;
  };
  EXPECT_EQ(text("mxfp4", 64), ":F4:48x64 _scale:F8_E8M0:48x2 ");
  EXPECT_EQ(text("mxfp6_e2m3", 64), ":F6_E2M3:48x64 _scale:F8_E8M0:48x2 ");
  EXPECT_EQ(text("mxfp6_e3m2", 64), ":F6_E3M2:48x64 _scale:F8_E8M0:48x2 ");
  EXPECT_EQ(text("mxfp8_e4m3", 65), ":F8_E4M3:48x65 _scale:F8_E8M0:48x3 ");
  EXPECT_EQ(text("mxfp8_e5m2", 64), ":F8_E5M2:48x64 _scale:F8_E8M0:48x2 ");
  EXPECT_EQ(text("mxint8", 64), ":I8:48x64 _scale:F8_E8M0:48x2 ");
  EXPECT_EQ(text("nvfp4", 64), ":F4:48x64 _scale:F8_E4M3:48x4 _scale_2:F32:scalar ");
  EXPECT_EQ(text("nvfp4/e4m3-row", 64), ":F4:48x64 _scale:F8_E4M3:48x4 _scale_2:F32:48 ");
  EXPECT_EQ(text("int8", 64), ":I8:48x64 _scale:F32:1x1 ");
  EXPECT_EQ(text("int8:row", 64), ":I8:48x64 _scale:F32:48x1 ");
  EXPECT_EQ(text("mxint3", 64), ":U8:48x24 _scale:F8_E8M0:48x2 ");
  EXPECT_EQ(text("mxint4:16x2/e5", 64), ":U8:48x32 _scale:U8:3x20 ");
  EXPECT_EQ(text("bmf<4,3>", 64), ":U8:48x64 _scale:F8_E8M0:48x2 "); // all codes are numbers: no F8_E4M3
  EXPECT_EQ(text("bmf<2,1>", 64), ":F4:48x64 _scale:F8_E8M0:48x2 "); // the same codes as mxfp4
  EXPECT_EQ(text("bf16", 5), ":BF16:48x5 ");
  EXPECT_EQ(text("fixed<16,8>", 5), ":I16:48x5 ");
  EXPECT_EQ(text("mxfp4", 65), ":U8:1560 _scale:F8_E8M0:48x3 "); // rows that begin inside a byte
  EXPECT_EQ(text("mxint3/e5", 63), ":U8:1134 _scale:U8:60 ");
}

TEST_F(PackedWeights, BitsFollowEachOtherFromTheLowestOne) {
  // 1, -0.5 and so on under a scale of 2^0: mxfp4 has 2, 4, 6 | sign 8 for 1, 2, 4.
  std::vector<float> values(32, 0.0F);
  values[0] = 1, values[1] = -4, values[2] = 2;
  write(stored(parseFormat("mxfp4"), {values.data(), 1, 32}));
  TensorTable table = TensorTable::openFile(file);
  EXPECT_EQ(table.find("w")->bytes[0], std::byte{0xE2}); // the even column in the lower half
  EXPECT_EQ(table.find("w")->bytes[1], std::byte{0x04});
  EXPECT_THAT(table.find("w")->packed->scales, ElementsAre(std::byte{127}));
}

TEST_F(PackedWeights, FilesAreAlignedAndTheSameAtEveryTime) {
  const std::vector<float> values = sample(int64_t{4} * 64);
  Stored what = stored(parseFormat("nvfp4"), {values.data(), 4, 64});
  write(what);
  const std::string once = readTextFile(file);
  std::reverse(what.entries.begin(), what.entries.end());
  write(what);
  EXPECT_EQ(readTextFile(file), once);
  uint64_t header = 0;
  std::memcpy(&header, once.data(), 8);
  EXPECT_EQ(header % 8, 0U);
  EXPECT_EQ(once.size(), 8 + header + 4 + 16 + 128); // the float first
  EXPECT_LT(once.find("w_scale_2"), once.find("\"w_scale\""));
}

TEST_F(PackedWeights, RefusesFormatsThatAreNotStored) {
  EXPECT_THAT(whyNotStorable(parseFormat("mxint4")), IsEmpty());
  EXPECT_THAT(whyNotStorable(parseFormat("mxint4@mase")), HasSubstr("has values without codes: it is for emulation"));
  const auto named = [&](const char *name) {
    return refusal("mxint4", [&](Stored &s) { s.metadata["mase.format.w"] = name; });
  };
  EXPECT_THAT(named("mxint99"), HasSubstr("tensor \"w\": format 'mxint99' has elements of 99 bits"));
  EXPECT_THAT(named("mxint4@mase"), HasSubstr("tensor \"w\": format 'mxint4@mase' has values without codes"));
  EXPECT_THAT(named("table(/etc/secret.toml)"), HasSubstr("\"table(/etc/secret.toml)\", which a file beside the "
                                                          "checkpoint describes (formats with a name of their own)"));
  writeFile(folder / "own.toml", "values = [-1.0, 0.0, 1.0]\n");
  EXPECT_THAT(whyNotStorable(parseFormat(fmt::format("table({})", (folder / "own.toml").string()))),
              HasSubstr("is described by a file, which a checkpoint does not hold"));
}

TEST_F(PackedWeights, RefusesPartsThatDoNotFit) {
  EXPECT_EQ(refusal("mxint4", [](Stored &) {}), "accepted");
  EXPECT_THAT(refusal("mxint4", [](Stored &s) { s.metadata.erase("mase.shape.w"); }),
              HasSubstr("__metadata__ has no shape for the packed tensor \"w\" (\"mase.shape.w\" = \"ROWSxCOLS\")"));
  for (const char *shape : {"", "4", "4x", "x64", "4x64x1", "-4x64", "4x0", "4x9999999999", "0x1p3"})
    EXPECT_THAT(refusal("mxint4", [&](Stored &s) { s.metadata["mase.shape.w"] = shape; }),
                HasSubstr("has no shape for the packed tensor"))
        << shape;
  EXPECT_THAT(refusal("mxint4", [](Stored &s) { s.metadata["mase.shape.v"] = "1x1"; }),
              HasSubstr("__metadata__ has \"mase.shape.v\" without a format (\"mase.format.v\" is missing)"));
  EXPECT_THAT(refusal("mxint4",
                      [](Stored &s) {
                        s.metadata["mase.shape.v"] = "1x1";
                        s.metadata["mase.format.v"] = "mxint4";
                      }),
              HasSubstr("tensor \"v\" is missing (\"v\" is in mxint4)"));
  EXPECT_THAT(refusal("mxint4", [](Stored &s) { s.entries.pop_back(); }),
              HasSubstr("tensor \"w_scale\" is missing (\"w\" is in mxint4)"));
  EXPECT_THAT(refusal("mxint4", [](Stored &s) { s.metadata["mase.shape.w"] = "64x4"; }),
              HasSubstr("tensor \"w\" is U8 of shape 4x32, but mxint4 of shape 64x4 is stored as U8 of shape 64x2"));
  EXPECT_THAT(refusal("mxint4", [](Stored &s) { s.metadata["mase.format.w"] = "mxfp4"; }),
              HasSubstr("tensor \"w\" is U8 of shape 4x32, but mxfp4 of shape 4x64 is stored as F4 of shape 4x64"));
  EXPECT_THAT(refusal("mxint4", [](Stored &s) { s.metadata["mase.format.w"] = "mxint4:1x16"; }),
              HasSubstr("tensor \"w_scale\" is F8_E8M0 of shape 4x2, but mxint4:1x16 of shape 4x64 is stored as"));
  EXPECT_THAT(refusal("mxint8", [](Stored &s) { s.entries[1].dtype = "U8"; }),
              HasSubstr("tensor \"w_scale\" is U8 of shape 4x2, but mxint8"));
}

TEST_F(PackedWeights, RefusesCodesThatNoEncoderMakes) {
  const auto set = [](const char *tensor, size_t at, uint8_t byte) {
    return [=](Stored &s) { s.bytes[tensor][at] = std::byte{byte}; };
  };
  EXPECT_THAT(refusal("mxint8", set("w", 70, 0x80)), HasSubstr("tensor \"w\" has a code that mxint8 does not have "
                                                               "(element 70 is 0x80)"));
  EXPECT_THAT(refusal("mxint4", set("w", 127, 0x83)), HasSubstr("(element 255 is 0x8)"));
  EXPECT_THAT(refusal("mxfp8_e4m3", set("w", 3, 0xFF)), HasSubstr("(element 3 is 0xff)"));
  EXPECT_THAT(refusal("fp16", set("w", 1, 0x7C)), HasSubstr("holds a NaN or an infinity at element 0"));
  EXPECT_THAT(refusal("mxint4", set("w_scale", 1, 0xFF)),
              HasSubstr("tensor \"w\" (4x64) holds a NaN or an infinity at element 32"));
  EXPECT_THAT(refusal("nvfp4", set("w_scale", 2, 0x00)), HasSubstr("(scale 2 is 0x0)"));
  EXPECT_THAT(refusal("nvfp4", set("w_scale", 2, 0xA0)), HasSubstr("(scale 2 is 0xa0)"));
  EXPECT_THAT(refusal("nvfp4", set("w_scale_2", 0, 0x01)), HasSubstr("(second-level scale 0 is 0x"));
  EXPECT_THAT(refusal("int8", set("w_scale", 3, 0xBF)), HasSubstr("(scale 0 is 0xbf"));
}

TEST_F(PackedWeights, RefusesElementsThatEndInsideAByte) {
  writeFile(file, safetensorsOf(R"({"w":{"dtype":"F6_E2M3","shape":[1,2],"data_offsets":[0,2]}})", "12"));
  EXPECT_THAT(refusalOf([&] { TensorTable::openFile(file); }),
              HasSubstr("tensor \"w\" of shape 1x2 is 12 bits, no whole bytes"));
}

} // namespace
} // namespace mase
