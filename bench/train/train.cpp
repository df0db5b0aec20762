// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One training step: 8 sequences of 256 tokens, every linear's weight and input in mxint4, forward, backward, clipping,
// AdamW; in two threads by the clock on the wall, and in one thread by processor time, which a busy machine disturbs
// less.
//
//   bench_train MODEL TEXT PEER_SCRIPT [REPETITIONS]
//
// The environment's MASE_PEERS names a Python that has torch; PEER_SCRIPT then does the same in eager mode. Exit status
// 1, and no ratio, when the losses of the first three steps differ by more than 0.02 (each step's rounding makes the
// next one's more different: docs/performance.md).

#include "bench/harness/machine.h"
#include "bench/harness/peer_process.h"
#include "bench/harness/ratio.h"
#include "mase/formats/registry.h"
#include "mase/passes/training/trainable_model.h"
#include "mase/passes/training/trainer.h"
#include "mase/support/parallel.h"

#include <cmath>
#include <cstdlib>
#include <fmt/core.h>
#include <fstream>
#include <unistd.h>

using namespace mase;
using namespace mase::bench;
namespace fs = std::filesystem;

namespace {

constexpr int64_t sequences = 8, context = 256;
constexpr double tolerance = 0.02, rate = 1e-4;

/// The ids for a peer without our tokenizer: int32, native order.
class IdsFile {
public:
  explicit IdsFile(std::span<const int32_t> ids)
      : path_(fs::temp_directory_path() / fmt::format("mase-bench-{}", getpid())) {
    std::ofstream file(path_, std::ios::binary);
    file.write(reinterpret_cast<const char *>(ids.data()), static_cast<std::streamsize>(ids.size_bytes()));
  }
  ~IdsFile() { fs::remove(path_); }
  const fs::path &path() const { return path_; }

private:
  fs::path path_;
};

/// The same batch again and again, as the peer takes it.
class Step {
public:
  Step(Model &model, std::span<const int32_t> ids) : trainable_(model, context, {}) {
    for (size_t s = 0; s < sequences; ++s)
      batch_.push_back({ids.subspan(s * context, context), ids.subspan(s * context + 1, context), {}});
  }
  double operator()() {
    TrainingPlan &plan = trainable_.plan();
    const BatchLoss loss = plan.run(batch_, [](size_t, std::span<const TensorView> arguments) {
      for (int64_t r = 0; r < arguments[0].rows; ++r)
        *arguments[0].head(0).row(r) = 1.0F / static_cast<float>(sequences * context);
    });
    const double norm = plan.gradientNorm();
    plan.update({.rate = rate, .gradient = norm > 1 ? 1 / norm : 1, .step = ++number_});
    return loss.total();
  }
  int64_t bytes() { return trainable_.plan().sequenceBytes(); }

private:
  TrainableModel trainable_;
  std::vector<TrainingExample> batch_;
  int64_t number_ = 0;
};

void compareTimes(Step &step, PeerProcess *peer, int threads, int repetitions) {
  setThreads(threads);
  const bool alone = threads == 1;
  std::vector<Contender> contenders = {{"mase", [&] { step(); }, alone ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC}};
  if (peer)
    contenders.push_back(
        {"torch", [&] { peer->ask(std::to_string(threads)); }, alone ? peer->clock() : CLOCK_MONOTONIC});
  const std::vector<Timing> timings = measure(contenders, repetitions);
  const char *how = alone ? "1 thread, processor, " : "2 threads, wall,     ";
  if (peer)
    fmt::print("  {} mase / torch   {}   {:.1f} ms against {:.1f}\n", how, speedRatio(timings[0], timings[1]),
               1e3 * timings[0].best(), 1e3 * timings[1].best());
  else
    fmt::print("  {} mase   {:.1f} ms\n", how, 1e3 * timings[0].best());
}

int compare(const fs::path &directory, const fs::path &textFile, const fs::path &script, int repetitions) {
  setThreads(2);
  Model model = Model::open(directory);
  const TextWindows text = model.windows(textFile, context).slice(0, sequences);
  const std::span<const int32_t> ids(text.inputs(0).data(), static_cast<size_t>(sequences * context + 1));
  model.assign(uniformAssignment(model.slots(), parseFormat("mxint4")));
  Step step(model, ids);
  fmt::print("one training step of {}, {} x {} tokens, mxint4 everywhere, speed relative to eager PyTorch\n{}\n",
             model.name(), sequences, context, machine());
  const IdsFile file(ids);
  std::unique_ptr<PeerProcess> peer;
  const char *python = std::getenv("MASE_PEERS");
  if (python && *python) {
    peer = std::make_unique<PeerProcess>(std::vector<std::string>{python, script, directory, file.path(),
                                                                  std::to_string(sequences), std::to_string(context),
                                                                  "4", fmt::format("{}", rate)});
    fmt::print("  {}\n", peer->read());
  } else {
    fmt::print("  no peer: MASE_PEERS names no Python that has torch\n");
  }
  for (int i = 1; i <= 3; ++i) {
    const double ours = step();
    if (!peer)
      continue;
    const std::string answer = peer->ask("2");
    const double theirs = answer.empty() ? NAN : std::strtod(answer.c_str(), nullptr);
    fmt::print("  loss of step {}: mase {:.5f}, torch {:.5f}\n", i, ours, theirs);
    if (!(std::abs(theirs - ours) <= tolerance)) {
      fmt::print(stderr, "the losses are more than {} apart\n", tolerance);
      return 1;
    }
  }
  fmt::print("  {:.1f} MiB of values for each sequence in progress\n", static_cast<double>(step.bytes()) / 0x1p20);
  compareTimes(step, peer.get(), 2, repetitions);
  compareTimes(step, peer.get(), 1, repetitions);
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 4) {
    fmt::print(stderr, "usage: bench_train MODEL TEXT PEER_SCRIPT [REPETITIONS]\n");
    return 2;
  }
  try {
    return compare(argv[1], argv[2], argv[3], argc > 4 ? std::atoi(argv[4]) : 15);
  } catch (const std::exception &error) {
    fmt::print(stderr, "bench_train: {}\n", error.what());
    return 2;
  }
}
