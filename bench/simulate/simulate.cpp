// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long it takes to simulate a whole model's linears from a cold cache: the 43 linears of llama-stories-1m in mixed
// formats (drawn by seed), 64 rows each, all at 32 x 1 and three also at the tile of a mapping.
//
//   simulate [ROWS]     prints builds, run, total seconds and cycles a second; exit status 1 when a bit differs

#include "mase/rtl/simulate.h"
#include "mase/formats/registry.h"
#include "mase/rtl/emit.h"
#include "mase/support/random.h"

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fmt/core.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace mase;

namespace {

std::vector<float> gaussianLike(int64_t count, uint64_t seed) {
  Random random(seed);
  std::vector<float> values(static_cast<size_t>(count));
  for (float &value : values)
    value = static_cast<float>(random.uniform() + random.uniform() + random.uniform() - 1.5);
  return values;
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

} // namespace

int main(int argc, char **argv) {
  const int64_t rows = argc > 1 ? std::atoll(argv[1]) : 64;
  struct Shape {
    const char *name;
    int64_t in, out;
  };
  const Shape shapes[] = {{"self_attn.q_proj", 128, 128}, {"self_attn.k_proj", 128, 64}, {"self_attn.v_proj", 128, 64},
                          {"self_attn.o_proj", 128, 128}, {"mlp.gate_proj", 128, 352},   {"mlp.up_proj", 128, 352},
                          {"mlp.down_proj", 352, 128}};
  Random random(1);
  Design design = {"shapes of llama-stories-1m", {}};
  std::vector<std::vector<float>> numbers;
  auto add = [&](const std::string &name, int64_t in, int64_t out) {
    LinearConfig config;
    config.inFeatures = in, config.outFeatures = out, config.tileIn = 32, config.tileOut = 16;
    config.input = &parseFormat(fmt::format("mxint{}", 2 + random.below(7)));
    config.weight = &parseFormat(fmt::format("mxint{}", 2 + random.below(7)));
    config.output = &parseFormat("mxint8");
    numbers.push_back(gaussianLike(in * out, numbers.size()));
    numbers.push_back(gaussianLike(rows * in, numbers.size()));
    design.linears.push_back(
        {name, config, {numbers[numbers.size() - 2].data(), out, in}, {numbers.back().data(), rows, in}});
  };
  for (int layer = 0; layer < 6; ++layer)
    for (const Shape &shape : shapes)
      add(fmt::format("model.layers.{}.{}", layer, shape.name), shape.in, shape.out);
  add("lm_head", 128, 1024);

  EmitOptions emit;
  emit.atMappedTile = {"model.layers.0.self_attn.q_proj", "model.layers.3.mlp.down_proj", "lm_head"};
  const fs::path folder = fs::temp_directory_path() / fmt::format("mase-bench-simulate-{}", getpid());
  double start = now();
  emitDesign(design, emit, folder / "rtl");
  double emitted = now();
  SimulationOptions options;
  options.cache = folder / "cache";
  SimulationResult result = simulateDesign(folder / "rtl", options);
  fmt::print("emit {:.1f} s, build {:.1f} s, run {:.1f} s, together {:.1f} s\n", emitted - start, result.buildSeconds,
             result.runSeconds, now() - start);
  fmt::print("{} operators, {} vectors, {} mismatches {}\n", result.operators, result.vectors, result.mismatches,
             result.firstDifference);
  double worst = 0;
  for (const LinearSimulation &linear : result.linears)
    worst = std::max(worst, std::fabs(static_cast<double>(linear.cyclesPredicted - linear.cyclesSimulated)) /
                                static_cast<double>(linear.cyclesSimulated));
  fmt::print("{} cycles without stalls, predicted within {:.4f} %\n", result.cycles, worst * 100);
  start = now();
  simulateDesign(folder / "rtl", options);
  fmt::print("again, from the cache: {:.1f} s\n", now() - start);
  fs::remove_all(folder);
  return result.mismatches == 0 ? 0 : 1;
}
