// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A packed model is the model that it was made of, in its formats: the same logits to the last bit.
#include "mase/frontend/packed_model.h"

#include "mase/formats/registry.h"
#include "mase/frontend/json.h"
#include "mase/frontend/refusals.h"
#include "mase/runtime/format_config.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"

#include <cstring>
#include <gmock/gmock.h>

namespace mase {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path models = fs::path(MASE_SOURCE_DIR) / "models", llama = models / "llama-stories-1m";

std::vector<float> logits(Model &model, const FormatAssignment &assignment) {
  Plan plan = model.plan(16);
  plan.prepare(assignment);
  Sequence sequence(plan);
  const std::vector<int32_t> ids = {1, 382, 7, 99, 501, 12};
  const ConstMatrixView out = plan.run(sequence, ids, assignment);
  return {out.data, out.data + out.rows * out.cols};
}

struct PackedModel : testing::Test {
  ScratchFolder folder{"packed-model"};
  fs::path place = folder / "packed";

  static FormatAssignment uniform(Model &model, const char *format) {
    return uniformAssignment(model.slots(), parseFormat(format));
  }
  static void pack(const fs::path &source, const char *format, const fs::path &to) {
    Model model = Model::open(source);
    model.assign(uniform(model, format));
    writePackedModel(model, to);
  }
};

TEST_F(PackedModel, ComputesWhatItsSourceDoes) {
  for (const char *name : {"llama-stories-1m", "opt-stories-1m"})
    for (const char *format : {"mxint4", "mxfp4", "mxfp6_e3m2", "mxint3:1x16/e5", "nvfp4", "int8", "bl4", "table(nf4)",
                               "fixed<8,5>", "bf16", "mxint11", "mxint4:16x2"}) {
      pack(models / name, format, place);
      Model source = Model::open(models / name), packed = Model::open(place);
      ASSERT_EQ(packed.assignment(), uniform(source, format)) << format;
      EXPECT_EQ(logits(packed, packed.assignment()), logits(source, packed.assignment())) << name << " " << format;
    }
}

TEST_F(PackedModel, HasItsFormatsFileAndTokenizer) {
  pack(llama, "mxint4", place);
  Model packed = Model::open(place);
  EXPECT_EQ(packed.tokenizer().vocabularySize(), 1024);
  EXPECT_EQ(resolve(readFormatConfig(place / "formats.toml"), packed.slots()), packed.assignment());
  EXPECT_FALSE(fs::exists(place / "eval.txt"));
  // A tied head reads the embedding's table, which stays as it was.
  EXPECT_EQ(packed.tensors().find("model.embed_tokens.weight")->dtype, Dtype::BF16);
  EXPECT_EQ(packed.tensors().find("model.layers.0.mlp.up_proj.weight")->dtype, Dtype::Packed);
}

TEST_F(PackedModel, OtherFormatsQuantizeItsValues) {
  pack(llama, "mxint8", place);
  pack(place, "mxint4", folder / "again");
  Model packed = Model::open(place), again = Model::open(folder / "again");
  EXPECT_EQ(logits(packed, uniform(packed, "mxint4")), logits(again, again.assignment()));
  Model source = Model::open(llama);
  EXPECT_NE(logits(packed, uniform(packed, "mxint4")), logits(source, uniform(source, "mxint4")));
  // Without formats its values are plain numbers; packed in fp32 they are the same numbers.
  pack(place, "fp32", folder / "plain");
  Model plain = Model::open(folder / "plain");
  EXPECT_EQ(plain.tensors().find("model.layers.0.mlp.up_proj.weight")->dtype, Dtype::F32);
  EXPECT_EQ(logits(packed, uniform(packed, "fp32")), logits(plain, uniform(plain, "fp32")));
}

TEST_F(PackedModel, PackedAgainIsTheSameFile) {
  pack(llama, "nvfp4", place);
  pack(place, "nvfp4", folder / "again");
  EXPECT_EQ(readTextFile(place / "model.safetensors"), readTextFile(folder / "again" / "model.safetensors"));
  EXPECT_EQ(readTextFile(place / "config.json"), readTextFile(folder / "again" / "config.json"));
}

TEST_F(PackedModel, IrOfItNamesItsFormats) {
  pack(llama, "mxint4", place);
  Model packed = Model::open(place);
  writeFile(folder / "q.mlir", packed.text(folder / "q.mlir"));
  Model ir = Model::open(folder / "q.mlir");
  EXPECT_EQ(ir.assignment(), packed.assignment());
  EXPECT_EQ(logits(ir, ir.assignment()), logits(packed, packed.assignment()));
}

TEST_F(PackedModel, RefusesPlacesThatAreSomethingElse) {
  Model model = Model::open(llama);
  model.assign(uniform(model, "mxint4"));
  EXPECT_THAT(refusalOf([&] { writePackedModel(model, llama); }), HasSubstr("is the model itself (another folder)"));
  writeFile(folder / "mine" / "thesis.txt", "all of it");
  EXPECT_THAT(refusalOf([&] { writePackedModel(model, folder / "mine"); }),
              HasSubstr("holds something else (a new folder, or one that mase quantize wrote)"));
  EXPECT_EQ(readTextFile(folder / "mine" / "thesis.txt"), "all of it");
  writeFile(folder / "file", "x");
  EXPECT_THAT(refusalOf([&] { writePackedModel(model, folder / "file"); }), HasSubstr("is a file (a folder"));
}

TEST_F(PackedModel, RefusesFormatsThatCannotBeStored) {
  EXPECT_THAT(refusalOf([&] { pack(llama, "mxint4@mase", place); }),
              HasSubstr("_proj.weight: format 'mxint4@mase' has values without codes"));
  // The first weight of a tensor becomes 100, which is no number of fp<2,8>.
  std::string weights = readTextFile(llama / "model.safetensors");
  uint64_t header = 0;
  std::memcpy(&header, weights.data(), sizeof header);
  const Json entry = Json::parse(weights.substr(8, header))["model.layers.1.mlp.up_proj.weight"];
  weights.replace(8 + header + entry["data_offsets"][0].get<size_t>(), 2, "\xC8\x42");
  fs::copy(llama, folder / "large");
  writeFile(folder / "large" / "model.safetensors", weights);
  EXPECT_THAT(
      refusalOf([&] { pack(folder / "large", "fp<2,8>", place); }),
      HasSubstr("tensor model.layers.1.mlp.up_proj.weight overflows 'fp<2,8>' at element 0 (a format of more range)"));
  EXPECT_FALSE(fs::exists(place));
}

TEST_F(PackedModel, RefusesFormatsThatDisagree) {
  pack(llama, "mxint4", place);
  writeFile(place / "formats.toml", "\"*up_proj\" = { weight = \"mxint5\" }\n\"*\" = { weight = \"mxint4\", input = "
                                    "\"mxint4\" }\n");
  EXPECT_THAT(refusalOf([&] { Model::open(place); }),
              HasSubstr("formats.toml: 'model.layers.0.mlp.up_proj.weight' is read in mxint5, but "));
  fs::remove(place / "formats.toml");
  EXPECT_THAT(refusalOf([&] { Model::open(place); }), HasSubstr("formats.toml: cannot be opened"));
}

} // namespace
} // namespace mase
