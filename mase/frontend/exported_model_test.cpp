// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An exported model in fp32 is, at level float, its source with quantised weights and float inputs: the same logits to
// the last bit, for every way in which checkpoints hold weights (fused, interleaved, transposed, tied).
#include "mase/frontend/exported_model.h"

#include "mase/formats/registry.h"
#include "mase/frontend/json.h"
#include "mase/frontend/packed_model.h"
#include "mase/frontend/refusals.h"
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
  const std::vector<int32_t> ids = {1, 38, 7, 9, 50, 12};
  const ConstMatrixView out = plan.run(sequence, ids, assignment);
  return {out.data, out.data + out.rows * out.cols};
}

FormatAssignment weightsIn(Model &model, const char *format) {
  FormatAssignment assignment;
  for (const Slot &slot : model.slots())
    assignment.push_back(slot.role == Role::weight ? &parseFormat(format) : &fp32());
  return assignment;
}

struct ExportedModel : testing::Test {
  ScratchFolder folder{"exported-model"};
  fs::path place = folder / "exported";

  ExportReport write(const fs::path &source, const char *format, ExportDtype dtype = ExportDtype::fp32) {
    Model model = Model::open(source);
    model.assign(weightsIn(model, format));
    return exportModel(model, dtype, place);
  }
  void expectSameLogits(const fs::path &source, const char *format) {
    Model from = Model::open(source), to = Model::open(place);
    const FormatAssignment floats(to.slots().size(), &fp32());
    EXPECT_EQ(logits(to, floats), logits(from, weightsIn(from, format))) << source << " " << format;
    EXPECT_EQ(to.assignment(), floats) << "its formats.toml is for the record alone";
  }
};

TEST_F(ExportedModel, HasTheLogitsOfQuantizedWeights) {
  for (const char *name : {"llama-stories-1m", "opt-stories-1m", "bert-tiny", "families/distilbert", "families/gemma2",
                           "families/gpt2-published-names", "families/gpt_neox", "families/llama3-rope-v4config",
                           "families/mistral", "families/phi3", "families/qwen2", "families/qwen3", "families/roberta"})
    for (const char *format : {"mxint4", "nvfp4", "mxint3:16x2"}) {
      EXPECT_GT(write(models / name, format).weights, 0);
      expectSameLogits(models / name, format);
    }
}

TEST_F(ExportedModel, AQuantizedHeadIsUntied) {
  EXPECT_TRUE(write(llama, "mxint4").untied);
  const Model model = Model::open(place);
  EXPECT_NE(model.tensors().find("lm_head.weight"), nullptr);
  EXPECT_THAT(readTextFile(place / "config.json"), HasSubstr("\"tie_word_embeddings\": false"));
  EXPECT_FALSE(write(llama, "fp32").untied);
  EXPECT_EQ(Model::open(place).tensors().find("lm_head.weight"), nullptr);
}

TEST_F(ExportedModel, Bf16HoldsNarrowFormats) {
  // Significands of up to 8 bits: the same numbers.
  EXPECT_EQ(write(llama, "mxint4", ExportDtype::bf16).rounded, 0);
  expectSameLogits(llama, "mxint4");
  EXPECT_THAT(readTextFile(place / "config.json"), HasSubstr("\"dtype\": \"bfloat16\""));
  EXPECT_GT(write(llama, "int8", ExportDtype::bf16).rounded, 0);
}

TEST_F(ExportedModel, OfAPackedModel) {
  for (const char *name : {"llama-stories-1m", "families/phi3", "families/gpt_neox"}) {
    Model source = Model::open(models / name);
    source.assign(weightsIn(source, "mxint4"));
    writePackedModel(source, folder / "packed");
    Model packed = Model::open(folder / "packed");
    if (name != std::string("llama-stories-1m")) { // whole rows of fused tensors are packed, too
      EXPECT_TRUE(std::ranges::any_of(packed.tensors().tensors(), [](const Tensor &tensor) {
        return tensor.packed && (tensor.name.find("qkv") != std::string::npos ||
                                 tensor.name.find("query_key_value") != std::string::npos);
      }));
    }
    EXPECT_EQ(logits(packed, packed.assignment()), logits(source, source.assignment())) << name;
    exportModel(packed, ExportDtype::fp32, place);
    expectSameLogits(models / name, "mxint4");
    EXPECT_THAT(readTextFile(place / "config.json"), testing::Not(HasSubstr("quantization_config")));
  }
}

TEST_F(ExportedModel, Refusals) {
  Model model = Model::open(llama);
  EXPECT_THAT(refusalOf([&] { exportModel(model, ExportDtype::fp32, llama); }),
              HasSubstr("is the model itself (another folder)"));
  EXPECT_TRUE(fs::exists(llama / "tokenizer.json"));
  // The first number of a tensor becomes 100, which overflows fp<2,8>.
  std::string weights = readTextFile(llama / "model.safetensors");
  uint64_t header = 0;
  std::memcpy(&header, weights.data(), sizeof header);
  const Json entry = Json::parse(weights.substr(8, header))["model.layers.1.mlp.up_proj.weight"];
  weights.replace(8 + header + entry["data_offsets"][0].get<size_t>(), 2, "\xC8\x42");
  fs::copy(llama, folder / "large");
  writeFile(folder / "large" / "model.safetensors", weights);
  EXPECT_THAT(
      refusalOf([&] { write(folder / "large", "fp<2,8>"); }),
      HasSubstr("tensor model.layers.1.mlp.up_proj.weight has no number in its format at element 0 (a format of "
                "more range)"));
  EXPECT_FALSE(fs::exists(place));
}

} // namespace
} // namespace mase
