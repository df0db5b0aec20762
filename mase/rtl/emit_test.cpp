// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/emit.h"

#include "mase/formats/registry.h"
#include "mase/rtl/linear_files.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <functional>
#include <gmock/gmock.h>
#include <map>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

struct Emit : testing::Test {
  fs::path folder = fs::temp_directory_path() / fmt::format("mase-emit-{}", getpid());
  std::vector<float> numbers = std::vector<float>(64 * 64, 0.25F);
  Design design = {"tiny", {}};

  void SetUp() override {
    add("model.layers.0.self_attn.q_proj");
    add("model.layers.0.self_attn.k_proj");
  }
  void TearDown() override { fs::remove_all(folder); }

  LinearInstance &add(const std::string &name) {
    LinearConfig config;
    config.inFeatures = 64, config.outFeatures = 32, config.tileIn = 32, config.tileOut = 4;
    config.input = &parseFormat("mxint4"), config.weight = &parseFormat("mxint3");
    config.output = &parseFormat("mxint8");
    design.linears.push_back({name, config, {numbers.data(), 32, 64}, {numbers.data(), 3, 64}});
    return design.linears.back();
  }
  std::string message(const EmitOptions &options = {}) {
    try {
      emitDesign(design, options, folder / "out");
    } catch (const InputError &error) {
      return error.what();
    }
    return "no error";
  }
  std::map<std::string, std::string> files() {
    std::map<std::string, std::string> texts;
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder / "out"))
      if (entry.is_regular_file())
        texts[fs::relative(entry.path(), folder / "out")] = readTextFile(entry.path());
    return texts;
  }
};

TEST_F(Emit, WritesEverythingTheManifestNames) {
  emitDesign(design, {}, folder / "out");
  std::map<std::string, std::string> texts = files();
  nlohmann::json manifest = nlohmann::json::parse(texts.at("manifest.json"));
  EXPECT_EQ(manifest.at("kinds").size(), 2u); // both linears are the same, at two tiles
  for (const auto &kind : manifest.at("kinds"))
    for (const char *file : {"module", "header", "synthesis"})
      EXPECT_TRUE(texts.count(kind.at(file))) << kind.at(file);
  for (const auto &linear : manifest.at("linears")) {
    for (const char *file : {"file", "input", "expected"})
      EXPECT_TRUE(texts.count(linear.at(file))) << linear.at(file);
    ASSERT_EQ(linear.at("simulations").size(), 1u);
    EXPECT_TRUE(texts.count(linear.at("simulations")[0].at("weights")));
    EXPECT_EQ(linear.at("simulations")[0].at("tile"), (nlohmann::json{32, 1}));
  }
  EXPECT_TRUE(texts.count("weights/model_layers_0_self_attn_q_proj.t32x4.hex"));
  EXPECT_TRUE(texts.count("sv/mase_linear.sv"));
  for (const auto &[name, text] : texts) {
    if (name.ends_with(".sv") || name.ends_with(".ys") || name.ends_with(".cpp")) {
      EXPECT_THAT(text.substr(0, text.find('\n')), testing::HasSubstr("carries no licence restriction")) << name;
    }
  }
}

TEST_F(Emit, TheSameDesignGivesTheSameBytes) {
  emitDesign(design, {}, folder / "out");
  std::map<std::string, std::string> first = files();
  emitDesign(design, {}, folder / "out");
  EXPECT_EQ(files(), first);
}

TEST_F(Emit, ModuleNamesAreIdentifiers) {
  EXPECT_EQ(moduleName("model.layers.0.q-proj"), "model_layers_0_q_proj");
  EXPECT_EQ(moduleName("0.weight"), "linear_0_weight");
}

TEST_F(Emit, EveryFaultIsNamed) {
  using testing::HasSubstr;
  EXPECT_THAT(message({32, 1, {"lm_head"}}),
              HasSubstr("lm_head: is to be simulated at its mapped tile, but the design has no such linear"));
  add("model_layers.0.self_attn.q_proj");
  EXPECT_THAT(message(), HasSubstr("another linear has the module name 'model_layers_0_self_attn_q_proj' too"));
  design.linears.back().weight.rows = 31;
  EXPECT_THAT(message(), HasSubstr("weight is 31 x 64 (32 x 64 is the linear's shape)"));
  design.linears.back().weight.rows = 32;
  design.linears.back().activation.rows = 0;
  EXPECT_THAT(message(), HasSubstr("input vectors are 0 x 64 (one or more rows of 64 are needed)"));
  design.linears.back().config.tileOut = 3;
  EXPECT_THAT(message(), HasSubstr("output tile 3 does not fit 32 features"));
  EXPECT_FALSE(fs::exists(folder / "out"));
}

} // namespace
} // namespace mase
