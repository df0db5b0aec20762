// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// GPTQ of one linear, from its second moments to its quantised weights in mxint4, factorisation included; in two
// threads by the clock on the wall, and in one thread by processor time.
//
//   bench_gptq PEER_SCRIPT [REPETITIONS]
//
// Shapes are those of SmolLM2-135M's largest: the head and an MLP's last linear. Weights and inputs are random, inputs
// depend on each other. The environment's MASE_PEERS names a Python that has torch; PEER_SCRIPT then does the same as
// the paper's own code goes about it. Exit status 1, and no ratio, when the errors of the outputs differ by more than
// 2 %.

#include "mase/passes/gptq/gptq.h"
#include "bench/harness/machine.h"
#include "bench/harness/peer_process.h"
#include "bench/harness/ratio.h"
#include "mase/formats/registry.h"
#include "mase/passes/layerwise.h"
#include "mase/support/parallel.h"
#include "mase/support/random.h"
#include "mase/support/temporary_folder.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/core.h>
#include <fstream>
#include <memory>

using namespace mase;
using namespace mase::bench;

namespace {

constexpr double damping = 0.01, tolerance = 0.02;

struct Problem {
  int64_t out, in;
  std::vector<float> w, h, q;

  Problem(int64_t out, int64_t in) : out(out), in(in), w(static_cast<size_t>(out * in)) {
    Random random(1);
    const auto normal = [&] {
      return static_cast<float>(random.uniform() + random.uniform() + random.uniform() - 1.5);
    };
    for (float &value : w)
      value = 0.1F * normal();
    const int64_t rows = 2 * in;
    std::vector<float> x(static_cast<size_t>(rows * in));
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = normal() + (i > 0 ? 0.7F * x[i - 1] : 0);
    h.resize(static_cast<size_t>(in * in));
    addProduct({h.data(), in, in}, {x.data(), rows, in}, {x.data(), rows, in});
  }
  void run() {
    q = w;
    const ErrorFactor factor({h.data(), in, in}, damping);
    quantizeWeights({q.data(), out, in}, parseFormat("mxint4"), ScaleChoice::largest, &factor);
  }
  /// Of the first rows.
  double error() const {
    const int64_t rows = std::min<int64_t>(out, 64);
    return outputError({w.data(), rows, in}, {q.data(), rows, in}, {h.data(), in, in});
  }
  void write(const std::filesystem::path &path) const {
    std::ofstream file(path, std::ios::binary);
    for (const std::vector<float> *values : {&w, &h})
      file.write(reinterpret_cast<const char *>(values->data()), static_cast<std::streamsize>(4 * values->size()));
  }
};

int compare(int64_t out, int64_t in, const std::string &script, int repetitions) {
  Problem problem(out, in);
  setThreads(2);
  problem.run();
  const double error = problem.error();
  std::unique_ptr<PeerProcess> peer;
  if (const char *python = std::getenv("MASE_PEERS"); python && *python) {
    const TemporaryFolder folder("mase-bench-gptq");
    problem.write(folder.path() / "problem");
    peer = std::make_unique<PeerProcess>(std::vector<std::string>{
        python, script, folder.path() / "problem", std::to_string(out), std::to_string(in), std::to_string(damping)});
    const std::string version = peer->read(), answer = peer->ask("2");
    const double theirs = answer.empty() ? NAN : std::strtod(answer.c_str(), nullptr);
    if (!(std::fabs(theirs / error - 1) <= tolerance)) {
      fmt::print(stderr, "the peer's error is '{}', ours {}: more than {} apart\n", answer, error, tolerance);
      return 1;
    }
    fmt::print("  {} x {}: error of outputs {:.2f}, {} {:.2f}\n", out, in, error, version, theirs);
  } else {
    fmt::print("  {} x {}: no peer: MASE_PEERS names no Python that has torch\n", out, in);
  }
  for (const int threads : {1, 2}) {
    setThreads(threads);
    const bool alone = threads == 1;
    std::vector<Contender> contenders = {
        {"mase", [&] { problem.run(); }, alone ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC}};
    if (peer)
      contenders.push_back(
          {"torch", [&] { peer->ask(std::to_string(threads)); }, alone ? peer->clock() : CLOCK_MONOTONIC});
    const std::vector<Timing> timings = measure(contenders, repetitions);
    fmt::print("  {} {}", threads, alone ? "thread, processor" : "threads, wall");
    if (peer)
      fmt::print("   mase / torch {}", speedRatio(timings[0], timings[1]));
    fmt::print("   {:.0f} ms", 1e3 * timings[0].best());
    if (peer)
      fmt::print(" against {:.0f}", 1e3 * timings[1].best());
    fmt::print("\n");
  }
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: bench_gptq PEER_SCRIPT [REPETITIONS]\n");
    return 2;
  }
  const int repetitions = argc > 2 ? std::atoi(argv[2]) : 3;
  fmt::print("GPTQ of one linear to mxint4, speed relative to PyTorch\n{}\n", machine());
  const int narrow = compare(576, 1536, argv[1], repetitions);
  return std::max(narrow, compare(49152, 576, argv[1], repetitions));
}
