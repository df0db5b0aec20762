// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One trial of a search, evaluation alone: 16 windows of 256 tokens, every linear's weight and input in mxint4,
// everything in memory before the clock starts; in two threads by the clock on the wall, and in one thread by processor
// time, which a busy machine disturbs less.
//
//   bench_trial MODEL TEXT PEER_SCRIPT [REPETITIONS]
//
//   cold   a plan that has seen no assignment: weights are quantised and packed, buffers allocated, windows run
//   warm   the plan of the trial before: weights in this format are resident
//
// The environment's MASE_PEERS names a Python that has torch; PEER_SCRIPT then does the same in eager mode. Exit status
// 1, and no ratio, when the losses differ by more than 0.005 (emulated losses are chaotic: docs/performance.md).

#include "bench/harness/machine.h"
#include "bench/harness/peer_process.h"
#include "bench/harness/ratio.h"
#include "mase/formats/registry.h"
#include "mase/frontend/model.h"
#include "mase/support/error.h"
#include "mase/support/output.h"
#include "mase/support/parallel.h"

#include <cmath>
#include <cstdlib>
#include <fmt/core.h>
#include <fstream>
#include <memory>
#include <unistd.h>

using namespace mase;
using namespace mase::bench;
namespace fs = std::filesystem;

namespace {

constexpr int64_t windowCount = 16, context = 256;
constexpr double tolerance = 0.005;

/// The ids of the windows and the target of the last one, for a peer without our tokenizer: int32, native order.
class IdsFile {
public:
  explicit IdsFile(const TextWindows &text)
      : path_(fs::temp_directory_path() / fmt::format("mase-bench-{}", getpid())) {
    std::ofstream file(path_, std::ios::binary);
    auto write = [&](std::span<const int32_t> ids) {
      file.write(reinterpret_cast<const char *>(ids.data()), static_cast<std::streamsize>(ids.size_bytes()));
    };
    for (int64_t w = 0; w < text.count(); ++w)
      write(text.inputs(w));
    write(text.targets(text.count() - 1).last(1));
  }
  ~IdsFile() { fs::remove(path_); }
  const fs::path &path() const { return path_; }

private:
  fs::path path_;
};

/// The trials of one run: the same text and formats, whoever computes them.
class Trial {
public:
  Trial(const fs::path &directory, const fs::path &textFile)
      : model_(Model::open(directory)), text_(model_.windows(textFile, context).slice(0, windowCount)),
        windows_(views(text_)), resident_(model_.plan(context)), assignment_(resident_.uniform(parseFormat("mxint4"))) {
  }

  const TextWindows &text() const { return text_; }
  std::string model() const { return model_.name(); }
  double loss() { return evaluate(resident_, assignment_, windows_).loss; }

  /// Ours and, where there is one, the peer's, warm and cold.
  std::vector<Contender> contenders(PeerProcess *peer, int threads, int repetitions) {
    setThreads(threads);
    fresh_.clear();
    for (int i = 0; i <= repetitions; ++i) // one to warm up
      fresh_.push_back(model_.plan(context));
    const bool alone = threads == 1;
    const clockid_t clock = alone ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
    std::vector<Contender> result = {
        {"warm", [this] { evaluate(resident_, assignment_, windows_); }, clock},
        {"cold", [this, next = size_t(0)]() mutable { evaluate(fresh_.at(next++), assignment_, windows_); }, clock}};
    if (peer)
      for (const char *kind : {"warm", "cold"})
        result.push_back({fmt::format("torch {}", kind),
                          [peer, request = fmt::format("{} {}", kind, threads)] { peer->ask(request); },
                          alone ? peer->clock() : CLOCK_MONOTONIC});
    return result;
  }

private:
  Model model_;
  TextWindows text_;
  std::vector<WindowView> windows_;
  Plan resident_;
  FormatAssignment assignment_;
  std::vector<Plan> fresh_; // one a repetition of a cold trial
};

void print(const char *how, const std::vector<Timing> &timings) {
  for (size_t kind : {0, 1}) {
    const Timing &ours = timings[kind];
    if (timings.size() == 2) {
      fmt::print("  {} {}   {:.1f} ms\n", how, ours.name, 1e3 * ours.best());
      continue;
    }
    const Timing &peer = timings[kind + 2];
    fmt::print("  {} {} / torch   {}   {:.1f} ms against {:.1f}\n", how, ours.name, speedRatio(ours, peer),
               1e3 * ours.best(), 1e3 * peer.best());
  }
}

int compare(const fs::path &directory, const fs::path &textFile, const fs::path &script, int repetitions) {
  setThreads(2);
  Trial trial(directory, textFile);
  const double loss = trial.loss();
  fmt::print("one trial of {}, {} x {} tokens, mxint4 everywhere, speed relative to eager PyTorch\n{}\n", trial.model(),
             windowCount, context, machine());
  const IdsFile ids(trial.text());
  std::unique_ptr<PeerProcess> peer;
  const char *python = std::getenv("MASE_PEERS");
  if (python && *python) {
    peer = std::make_unique<PeerProcess>(std::vector<std::string>{
        python, script, directory, ids.path(), std::to_string(windowCount), std::to_string(context), "4"});
    const std::string version = peer->read(), answer = peer->ask("cold 2");
    const double peerLoss = answer.empty() ? NAN : std::strtod(answer.c_str(), nullptr);
    if (!(std::abs(peerLoss - loss) <= tolerance)) {
      fmt::print(stderr, "the peer's loss is '{}', ours {:.5f}: more than {} apart\n", answer, loss, tolerance);
      return 1;
    }
    fmt::print("  loss: mase {:.5f}, {} {:.5f}\n", loss, version, peerLoss);
  } else {
    fmt::print("  loss: mase {:.5f}; no peer: MASE_PEERS names no Python that has torch\n", loss);
  }
  print("2 threads, wall,     ", measure(trial.contenders(peer.get(), 2, repetitions), repetitions));
  print("1 thread, processor, ", measure(trial.contenders(peer.get(), 1, repetitions), repetitions));
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 4) {
    fmt::print(stderr, "usage: bench_trial MODEL TEXT PEER_SCRIPT [REPETITIONS]\n");
    return 2;
  }
  try {
    return compare(argv[1], argv[2], argv[3], argc > 4 ? std::atoi(argv[4]) : 15);
  } catch (const std::exception &error) {
    fmt::print(stderr, "bench_trial: {}\n", error.what());
    return 2;
  }
}
